# SPDX-License-Identifier: MIT
"""One node: its registration and its heartbeats."""
import http.client
import time

from api import MERGE, STRATEGIC
from times import timestamp

HEARTBEAT = "orch.io/fake-heartbeat"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
TAINT = {"key": "orch.io/fake", "value": "true", "effect": "NoSchedule"}
FEATURES = ["ExtendWebSocketsToKubelet"]  # from 1.36 on: exec arrives as the client sent it
RESOURCES = {"cpu": "8", "memory": "16Gi", "pods": "110"}


class Node:
    def __init__(self, kubelet, name, port):
        self.kubelet, self.name, self.port, self.silent = kubelet, name, port, False
        self.path = "/api/v1/nodes/" + name

    def run(self):
        while True:
            try:
                self.turn()
            except (OSError, http.client.HTTPException) as error:
                self.kubelet.log("heartbeat of %s: %s" % (self.name, error))
            time.sleep(self.kubelet.options.heartbeat)

    def turn(self):
        _, node = self.kubelet.api.call("GET", self.path)
        annotations = node.get("metadata", {}).get("annotations", {})
        was, self.silent = self.silent, annotations.get(HEARTBEAT) == "stop"
        if not self.silent:
            self.beat()
        if was and not self.silent:
            self.kubelet.catch_up(self.name)

    def beat(self):
        status, api = {"status": self.status()}, self.kubelet.api
        if api.call("PATCH", self.path + "/status", status, STRATEGIC)[0] == 404:
            self.register()
            api.call("PATCH", self.path + "/status", status, STRATEGIC)
        self.renew()

    def register(self):
        labels = {"kubernetes.io/hostname": self.name, "kubernetes.io/os": "linux", "orch.io/fake": "true"}
        self.kubelet.api.call("POST", "/api/v1/nodes", {
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": self.name, "labels": labels},
            "spec": {"taints": [TAINT] if self.kubelet.options.taint else []}})

    def renew(self):
        spec = {"renewTime": timestamp(micro=True), "holderIdentity": self.name, "leaseDurationSeconds": 40}
        if self.kubelet.api.call("PATCH", LEASES + "/" + self.name, {"spec": spec}, MERGE)[0] == 404:
            self.kubelet.api.call("POST", LEASES, {
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": spec,
                "metadata": {"name": self.name, "namespace": "kube-node-lease"}})

    def status(self):
        return {
            "capacity": RESOURCES, "allocatable": RESOURCES, "declaredFeatures": FEATURES,
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": timestamp(),
                            "message": "fake kubelet is posting ready status"}],
            "addresses": [{"type": "InternalIP", "address": self.kubelet.options.address},
                          {"type": "Hostname", "address": self.name}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self.port}},
            "nodeInfo": {"kubeletVersion": "v0.0.0-fake", "osImage": "none", "kernelVersion": "none",
                         "operatingSystem": "linux", "architecture": "amd64", "containerRuntimeVersion": "fake://0",
                         "machineID": "", "systemUUID": "", "bootID": "", "kubeProxyVersion": ""}}
