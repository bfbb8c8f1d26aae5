# SPDX-License-Identifier: MIT
"""The Swarm as its managers see it, and how it is formed."""
from concurrent.futures import ThreadPoolExecutor

from shared.base import wait_for
from shared.process import child_called
from .api import ask, call


def dockerd_of(node):
    """(pid, state letter) of the node's dockerd, or (None, "")."""
    return child_called(node["init"], "dockerd")


def runs(node):
    return dockerd_of(node)[1] not in ("", "T")


def view(state):
    """What the first manager that answers says: {host name: node object}. {} when none has a leader."""
    for node in state["nodes"]:
        if node["role"] == "manager" and runs(node):
            status, answer = ask(node, "GET", "/nodes", timeout=5)
            if status == 200:  # a host that joined again is listed twice: the ready one counts
                answer.sort(key=lambda n: n["Status"]["State"] == "ready")
                return {n["Description"].get("Hostname"): n for n in answer}
    return {}


def leads(seen):
    return bool((seen.get("ManagerStatus") or {}).get("Leader"))


def leader(state):
    return next((name for name, seen in view(state).items() if leads(seen)), None)


def ready(seen):
    """Ready and, if a manager, reachable."""
    manager = seen.get("ManagerStatus")
    return seen["Status"]["State"] == "ready" and (not manager or manager.get("Reachability") == "reachable")


def healthy(state, strict=False):
    """Every daemon runs and every node the swarm knows is ready; strict: and each is what `up` made it."""
    if not all(runs(node) for node in state["nodes"]):
        return False
    nodes = view(state)
    return any(map(leads, nodes.values())) and all(well(n, nodes.get(n["name"]), strict) for n in state["nodes"])


def well(node, seen, strict):
    if not seen:
        return not strict  # a test took it out of the swarm
    same_role = bool(seen.get("ManagerStatus")) == (node["role"] == "manager")
    return ready(seen) and (same_role or not strict)


def form(state):
    first = state["nodes"][0]
    call(first, "POST", "/swarm/init", {"ListenAddr": first["ip"] + ":2377", "AdvertiseAddr": first["ip"], "Spec": {}})
    tokens = wait_for("join tokens", lambda: join_tokens(first), 20)
    workers = [n for n in state["nodes"] if n["role"] == "worker"]
    for node in state["nodes"][1:]:
        if node["role"] == "manager":  # raft takes one change of membership at a time
            join(node, first, tokens["Manager"])
    if workers:
        with ThreadPoolExecutor(len(workers)) as pool:
            list(pool.map(lambda node: join(node, first, tokens["Worker"]), workers))


def join_tokens(first):
    status, answer = ask(first, "GET", "/swarm")
    return answer.get("JoinTokens") if status == 200 else None


def join(node, first, token):
    call(node, "POST", "/swarm/join", {
        "ListenAddr": node["ip"] + ":2377", "AdvertiseAddr": node["ip"], "RemoteAddrs": [first["ip"] + ":2377"],
        "JoinToken": token})
