# SPDX-License-Identifier: MIT
"""What a test does to nodes, and how it is undone."""
import os
import signal
import time

from shared import wires
from shared.base import Fail, wait_for
from shared.process import alive
from . import state as kept, swarm


def find(state, name):
    node = next((n for n in state["nodes"] if n["name"] == name), None)
    if not node:
        raise Fail("no node %s in %s" % (name, state["name"]))
    return node


def inflict(state, action, name, wait):
    """action: kill, pause or cut; name None: the leader. Returns what was done, for printing."""
    name = name or swarm.leader(state)
    if not name:
        raise Fail("no leader can be found")
    node = find(state, name)
    pid, began = swarm.dockerd_of(node)[0], time.monotonic()
    if action == "cut":
        wires.unplug(state, name)
        node["cut"] = True
        kept.save(state)
    elif not pid:
        raise Fail("%s has no dockerd running" % name)
    else:
        strike(node, pid, action)
    done = {"node": name, "dockerd_pid": pid, "action": action}
    if wait:
        done["leader"] = wait_for("a leader other than %s" % name, lambda: other_leader(state, name), 120, 0.1)
        done["seconds"] = round(time.monotonic() - began, 2)
    return done


def strike(node, pid, action):
    """Returns when it is true: the process is gone, or stopped."""
    os.kill(pid, signal.SIGKILL if action == "kill" else signal.SIGSTOP)
    wanted = (None, "") if action == "kill" else (pid, "T")
    wait_for("dockerd of %s to be struck" % node["name"], lambda: swarm.dockerd_of(node) == wanted, 10, 0.01)


def other_leader(state, name):
    now = swarm.leader(state)
    return now if now != name else None


def resume(state, names):
    """Undoes everything on the named nodes, or on all; returns when these are ready again."""
    nodes = [find(state, name) for name in names] or state["nodes"]
    for node in nodes:
        revive(state, node)
    kept.save(state)
    if names:
        wait_for("%s to be ready" % " ".join(names), lambda: all_ready(state, names), 120, 0.1)
    else:
        wait_for("every node to be ready", lambda: swarm.healthy(state), 120, 0.1)


def all_ready(state, names):
    nodes = swarm.view(state)
    return all(name in nodes and swarm.ready(nodes[name]) for name in names)


def revive(state, node):
    pid, letter = swarm.dockerd_of(node)
    if node.pop("cut", False):
        wires.plug(state, node["name"])
    if letter == "T":
        os.kill(pid, signal.SIGCONT)
    elif not pid:
        if not alive(node["init"]):
            raise Fail("%s is gone for good: down, then up" % node["name"])
        os.kill(node["init"]["pid"], signal.SIGHUP)
