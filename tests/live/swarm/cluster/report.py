# SPDX-License-Identifier: MIT
"""A cluster as JSON, or as variables for a shell."""
from . import swarm


def describe(state):
    view = swarm.view(state)
    nodes = [describe_node(node, view.get(node["name"]) or {}) for node in state["nodes"]]
    ids = {name: {(n["images"] or {}).get(name) for n in nodes} for name in state["images"]}
    return {"name": state["name"], "healthy": swarm.healthy(state), "subnet": state["subnet"], "tls": state["tls"],
            "images": {name: found.pop() if len(found) == 1 else None for name, found in ids.items()},
            "urls": urls(nodes), "nodes": nodes,
            "managers": {kind: [n[kind] for n in nodes if n["role"] == "manager"] for kind in ("unix", "tcp")},
            "workers": {kind: [n[kind] for n in nodes if n["role"] == "worker"] for kind in ("unix", "tcp")}}


def describe_node(node, seen):
    pid, letter = swarm.dockerd_of(node)
    return {"name": node["name"], "role": node["role"], "ip": node["ip"], "unix": node["unix"], "tcp": node["tcp"],
            "engine": node.get("engine"), "api": node.get("api"), "images": node.get("images"),
            "init_pid": (node["init"] or {}).get("pid"), "dockerd_pid": pid,
            "daemon": "dead" if not pid else "paused" if letter == "T" else "running", "cut": bool(node.get("cut")),
            "id": seen.get("ID"), "state": (seen.get("Status") or {}).get("State"), "leader": swarm.leads(seen),
            "log": node["dir"] + "/node.log"}


def urls(nodes):
    """What liborch opens: one manager by its socket, all managers by their addresses."""
    managers = [n for n in nodes if n["role"] == "manager"]
    return {"unix": "swarm+" + managers[0]["unix"],
            "tcp": "swarm://" + ",".join(n["tcp"].partition("://")[2] for n in managers)}


def variables(about):
    for kind in ("unix", "tcp"):
        yield "ORCH_SWARM_URL_" + kind.upper(), about["urls"][kind]
    for role in ("managers", "workers"):
        for kind in ("unix", "tcp"):
            yield "SWARM_%s_%s" % (role.upper(), kind.upper()), " ".join(about[role][kind])
    yield "SWARM_IMAGES", " ".join(about["images"])
    if about["tls"]:
        yield "DOCKER_TLS_VERIFY", "1"
        yield "DOCKER_CERT_PATH", about["tls"]
    for node in about["nodes"]:
        for key in ("unix", "tcp", "dockerd_pid", "api"):
            yield "SWARM_%s_%s" % (node["name"].upper(), key.upper()), node[key] or ""
