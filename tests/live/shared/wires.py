# SPDX-License-Identifier: MIT
"""The network: a bridge in a namespace of its own, a veth pair from it to each node and one to the root namespace."""
import os
import signal

from .base import Fail, run


def hub_main():
    """First process of the bridge's namespace: it only keeps that open."""
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):  # a caller that reads our output to its end must not wait for this process
        os.dup2(null, fd)
    while True:
        signal.pause()


def in_hub(state, line):
    run("nsenter", "--net=/proc/%d/ns/net" % state["hub"]["pid"], "ip", *line.split())


def connect(state):
    for line in ("link set lo up", "link add br0 type bridge", "link set br0 up"):
        in_hub(state, line)
    connect_root(state)
    in_hub(state, "link set host master br0 up")
    for node in state["nodes"]:
        connect_node(state, node)


def connect_node(state, node):
    in_hub(state, "link add %s type veth peer name eth0 netns %d" % (node["name"], node["init"]["pid"]))
    in_hub(state, "link set %s master br0 up" % node["name"])


def connect_root(state):
    run("ip", "link", "add", state["veth"], "type", "veth", "peer", "name", "host", "netns", str(state["hub"]["pid"]))
    run("ip", "addr", "add", state["subnet"].replace(".0/24", ".254/24"), "dev", state["veth"])
    run("ip", "link", "set", state["veth"], "up")
    if len(run("ip", "-4", "route", "show", "exact", state["subnet"]).splitlines()) > 1:
        raise Fail("%s was taken by another cluster at the same moment" % state["subnet"])


def disconnect_root(state):
    run("ip", "link", "del", state["veth"], check=False)


def unplug(state, name):
    """Packets are lost from now on: the peer gets no FIN and no RST."""
    in_hub(state, "link set %s down" % name)


def plug(state, name):
    in_hub(state, "link set %s up" % name)


def free_subnet(taken, first=0):
    """The first three bytes of 198.18.x.0/24; 198.18.0.0/15 is set aside for tests of this kind (RFC 2544)."""
    used = run("ip", "-4", "route", "show", "table", "all") + run("ip", "-4", "addr", "show") + " ".join(taken)
    for i in range(first, 256):
        if "198.18.%d." % i not in used:
            return "198.18.%d" % i
    raise Fail("no free subnet in 198.18.0.0/16")
