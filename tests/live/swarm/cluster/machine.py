# SPDX-License-Identifier: MIT
"""The machine outside the cluster stays as it was: sysctls, firewall rules, bridges, control groups."""
import contextlib
import json
import os
import re
import shutil
from shared.base import Fail, run, say


SYSCTLS = ("net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", "net.ipv6.conf.all.forwarding",
           "net.bridge.bridge-nf-call-iptables", "net.bridge.bridge-nf-call-ip6tables",
           "net.bridge.bridge-nf-call-arptables", "net.ipv4.neigh.default.gc_thresh1",
           "net.ipv4.neigh.default.gc_thresh2", "net.ipv4.neigh.default.gc_thresh3")
CGROUP = "liborch-swarm"


def check_tools(tls):
    needed = ["ip", "nsenter", "iptables"] + (["openssl"] if tls else [])
    missing = [tool for tool in needed if not shutil.which(tool)]
    if missing:
        raise Fail("not installed: %s (scripts/install-deps)" % ", ".join(missing))


def snapshot():
    return {"sysctl": {name: sysctl(name) for name in SYSCTLS}, "rules": firewall_rules(), "bridges": docker_bridges()}


def restore(before):
    """Puts back the sysctls; rules and bridges are only reported, for they may belong to another program by now."""
    now = snapshot()
    for name, value in before["sysctl"].items():
        if value is None and name.startswith("net.bridge.") and now["sysctl"][name] == "1":
            value = "0"  # br_netfilter was loaded on the way: as if it were not
        if value is not None and now["sysctl"][name] != value:
            say("restoring %s = %s (was made %s)" % (name, value, now["sysctl"][name]))
            sysctl(name, value)
    for part in ("rules", "bridges"):
        if now[part] != before[part]:
            say("warning: the root namespace's %s changed meanwhile" % part)


def sysctl(name, value=None):
    path = "/proc/sys/" + name.replace(".", "/")
    with contextlib.suppress(OSError):
        if value is not None:
            with open(path, "w") as f:
                f.write(value)
        with open(path) as f:
            return f.read().strip()
    return None


def firewall_rules():
    text = ""
    for tool in ("iptables-save", "ip6tables-save"):
        with contextlib.suppress(OSError):
            text += re.sub(r"\[\d+:\d+\]", "", run(tool, check=False))
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def docker_bridges():
    links = json.loads(run("ip", "-j", "addr", "show"))
    return {link["ifname"]: sorted(address["local"] for address in link["addr_info"])
            for link in links if link["ifname"].startswith("docker")}


def cgroup_of(state):
    return "/%s/%s" % (CGROUP, state["tag"])
