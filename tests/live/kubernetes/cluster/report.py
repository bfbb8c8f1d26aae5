# SPDX-License-Identifier: MIT
"""A cluster as JSON, or as variables for a shell."""
from shared import image
from . import health
from .state import folder_of


def describe(state):
    wrong = health.wrong(state)
    home = folder_of(state["name"])
    return {"name": state["name"], "healthy": not wrong, "wrong": wrong, "version": state["version"], "api": state["api"],
            "subnet": state["subnet"], "kubeconfig": home + "/admin.kubeconfig", "pki": state["pki"], "bin": state["bin"],
            "viewer_kubeconfig": home + "/viewer.kubeconfig", "images": image.references(), "fake_nodes": state["fake"],
            "nodes": [describe_node(node) for node in state["nodes"]]}


def describe_node(node):
    running = health.programs_of(node)
    return {"name": node["name"], "role": node["role"], "ip": node["ip"], "cut": node["cut"], "log": node["dir"] + "/log",
            "init_pid": (node["init"] or {}).get("pid"),
            "pids": {p["name"]: running.get(p["name"], (None,))[0] for p in node["programs"]}}


def variables(about):
    yield "KUBECONFIG", about["kubeconfig"]
    yield "KUBE_ADMIN", about["kubeconfig"]  # for those who set KUBECONFIG to something else
    yield "KUBE_VIEWER_KUBECONFIG", about["viewer_kubeconfig"]
    yield "KUBE_SERVER", about["api"]
    yield "KUBE_PKI", about["pki"]
    yield "KUBE_BIN", about["bin"]
    yield "KUBE_VERSION", about["version"]
    yield "KUBE_IMAGES", " ".join(about["images"])
    yield "KUBE_FAKE_NODES", " ".join(about["fake_nodes"])
    for node in about["nodes"]:
        yield "KUBE_%s_IP" % node["name"].upper(), node["ip"]
