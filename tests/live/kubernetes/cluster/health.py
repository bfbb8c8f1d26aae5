# SPDX-License-Identifier: MIT
"""Which programs run, and what is wrong with a cluster, in words."""
import contextlib
import os

from shared.base import Fail
from shared.process import alive, stat_of
from . import api
from .state import workers


def programs_of(node):
    """{name: (pid, state letter)} of the programs that run in a node; pids as seen from here."""
    found = {}
    if not alive(node["init"]):
        return found
    names = {tuple(p["argv"]): p["name"] for p in node["programs"]}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        now = stat_of(int(entry))
        if now and now[1] == node["init"]["pid"] and now[0] not in "ZX":
            with contextlib.suppress(OSError), open("/proc/%s/cmdline" % entry) as f:
                name = names.get(tuple(f.read().split("\0")[:-1]))
                if name:  # else an orphan, or one that still waits for its needs
                    found[name] = (int(entry), now[0])
    return found


def wrong(state):
    """[] when all is well."""
    found = []
    for node in state["nodes"]:
        running = programs_of(node)
        found += ["%s/%s does not run" % (node["name"], p["name"]) for p in node["programs"]
                  if running.get(p["name"], (0, "T"))[1] == "T"]
        found += ["%s is cut off" % node["name"]] if node["cut"] else []
    seen = {n["metadata"]["name"]: n for n in (api.get(state, "/api/v1/nodes") or {}).get("items", [])}
    names = [n["name"] for n in workers(state)] + state["fake"]
    found += ["node %s is not Ready" % n for n in names if not is_ready(seen.get(n))]
    if not api.get(state, "/api/v1/namespaces/default/serviceaccounts/default"):
        found.append("there is no service account yet, or no apiserver")
    return found


def is_ready(node):
    conditions = (node or {}).get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def started(state):
    """Whether a cluster that is being started is there. A program that has ended is no use to wait for."""
    for node in state["nodes"]:
        if not alive(node["init"]):
            raise Fail("%s: its first process ended, see %s/log/init.log" % (node["name"], node["dir"]))
        ended = [line for line in log_of(node) if " ended" in line]
        if ended:
            raise Fail("%s: %s" % (node["name"], ended[0]))
    return not wrong(state)


def log_of(node):
    with contextlib.suppress(OSError), open(node["dir"] + "/log/init.log", errors="replace") as f:
        return f.read().splitlines()
    return []
