# SPDX-License-Identifier: MIT
"""What a test does to programs and nodes, and how it is undone."""
import os
import signal

from shared import wires
from shared.base import Fail, wait_for
from shared.process import alive
from . import health, lifecycle, state as kept


def find(state, name):
    node = next((n for n in state["nodes"] if n["name"] == name), None)
    if not node:
        raise Fail("no node %s in %s" % (name, state["name"]))
    return node


def target(state, text):
    """(node, program): n1 is its kubelet; n1/containerd; a program of the control plane by its name alone."""
    cp = kept.control_plane(state)
    first, _, second = text.partition("/")
    if any(p["name"] == text for p in cp["programs"]):
        return cp, text
    node = find(state, first)
    name = second or ("kubelet" if node is not cp else "apiserver")
    if not any(p["name"] == name for p in node["programs"]):
        raise Fail("no program %s in %s; there are: %s" % (name, first, " ".join(p["name"] for p in node["programs"])))
    return node, name


def strike(state, text, how):
    """Returns when it is true: the process is gone, or stopped. Says whether there was one."""
    node, name = target(state, text)
    pid = health.programs_of(node).get(name, (None, ""))[0]
    if not pid:
        return False
    os.kill(pid, how)
    struck = ((pid, "T"), (None, "")) if how == signal.SIGSTOP else ((None, ""),)

    def works():
        now = health.programs_of(node).get(name, (None, ""))
        return now in struck or now[0] not in (pid, None)
    wait_for("%s to be struck" % text, works, 10, 0.02)
    return True


def inflict(state, action, what):
    if action == "cut":
        node = find(state, what)
        wires.unplug(state, node["name"])
        node["cut"] = True
        kept.save(state)
    elif action == "off":
        node = find(state, what)
        if alive(node["init"]):
            os.kill(node["init"]["pid"], signal.SIGKILL)
            wait_for("%s to end" % what, lambda: not alive(node["init"]), 10, 0.02)
    elif not strike(state, what, signal.SIGKILL if action == "kill" else signal.SIGSTOP):
        raise Fail("%s does not run" % what)


def restart(state, whats):
    """Undoes everything, and ends first what is named, if it runs. Returns when the cluster is well."""
    for what in whats:
        strike(state, what, signal.SIGKILL)
    for node in state["nodes"]:
        if not alive(node["init"]):
            lifecycle.start_again(state, node)
            node["cut"] = False
        if node["cut"]:
            wires.plug(state, node["name"])
            node["cut"] = False
        for pid, letter in health.programs_of(node).values():
            if letter == "T":
                os.kill(pid, signal.SIGCONT)
    kept.save(state)
    wait_for("the cluster", lambda: well(state), 120, 0.1)


def well(state):
    for node in state["nodes"]:  # again and again: its first process may not have noticed the end of a program yet
        if alive(node["init"]):
            os.kill(node["init"]["pid"], signal.SIGHUP)
    return not health.wrong(state)
