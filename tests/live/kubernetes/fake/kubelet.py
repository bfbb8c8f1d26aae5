# SPDX-License-Identifier: MIT
"""All fake nodes, and one watch over the pods of the cluster: each is taken to the state that its annotation asks for."""
import http.client
import json
import threading
import time

from api import STRATEGIC, Api
from node import Node
from status import status_of
from times import parse_time, timestamp

MODE = "orch.io/fake-mode"


class Kubelet:
    def __init__(self, options, serve):
        self.options, self.serve = options, serve
        self.api = Api(options.server, options.pki)
        self.nodes = {}
        self.pods = {}      # (namespace, name) -> the latest pod object
        self.started = {}   # pod uid -> when the pod was started, in seconds
        self.ended = {}     # pod uid -> when its containers terminated
        self.addresses = {}  # pod uid -> its address
        self.last_address = 0
        self.lock = threading.Lock()

    @staticmethod
    def log(text):
        print(timestamp(micro=True), text, flush=True)

    def run(self):
        for index, name in enumerate(self.options.nodes):
            port = self.options.port + index
            self.nodes[name] = Node(self, name, port)
            threading.Thread(target=self.serve, args=(self, name, port), daemon=True).start()
            threading.Thread(target=self.nodes[name].run, daemon=True).start()
        while True:
            try:
                self.watch()
            except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
                self.log("watch: %r" % error)
                time.sleep(0.5)

    def watch(self):
        _, pods = self.api.call("GET", "/api/v1/pods")
        with self.lock:
            self.pods.clear()
        for pod in pods["items"]:
            self.see("ADDED", pod)
        path = "/api/v1/pods?watch=1&timeoutSeconds=300&resourceVersion=" + pods["metadata"]["resourceVersion"]
        connection, response = self.api.open("GET", path, timeout=330)
        try:
            for line in response:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    return
                self.see(event["type"], event["object"])
        finally:
            connection.close()

    def see(self, kind, pod):
        meta = pod["metadata"]
        if pod["spec"].get("nodeName") not in self.nodes:
            return
        with self.lock:
            if kind == "DELETED":
                self.pods.pop((meta["namespace"], meta["name"]), None)
                for table in (self.started, self.ended, self.addresses):
                    table.pop(meta["uid"], None)
                return
            self.pods[meta["namespace"], meta["name"]] = pod
            if self.nodes[pod["spec"]["nodeName"]].silent:
                return
            fresh = meta["uid"] not in self.started
            if fresh:  # after a restart of this program a pod keeps its address and the age of its log
                status = pod.get("status", {})
                self.started[meta["uid"]] = parse_time(status["startTime"]) if "startTime" in status else time.time()
                if "podIP" in status:
                    self.addresses[meta["uid"]] = status["podIP"]
        if "deletionTimestamp" in meta:
            self.later(self.options.grace, self.finish_deletion, pod)
        elif fresh and pod.get("status", {}).get("phase") == "Pending":
            self.start(pod)

    def catch_up(self, node):
        """What happened while the node was silent."""
        with self.lock:
            pods = [pod for pod in self.pods.values() if pod["spec"]["nodeName"] == node]
        for pod in pods:
            self.see("MODIFIED", pod)

    def later(self, delay, function, pod):
        def guarded():
            try:
                function(pod)
            except (OSError, http.client.HTTPException) as error:
                self.log("%s: %s" % (function.__name__, error))
        timer = threading.Timer(delay, guarded)
        timer.daemon = True
        timer.start()

    @staticmethod
    def pod_path(pod):
        return "/api/v1/namespaces/%s/pods/%s" % (pod["metadata"]["namespace"], pod["metadata"]["name"])

    @staticmethod
    def mode(pod):
        meta = pod["metadata"]
        owners = [owner["kind"] for owner in meta.get("ownerReferences", []) if owner.get("controller")]
        return meta.get("annotations", {}).get(MODE, "exit:0" if "Job" in owners else "ok")

    def finish_deletion(self, pod):
        self.api.call("DELETE", self.pod_path(pod),
                      {"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}})

    def start(self, pod):
        mode, _, argument = self.mode(pod).partition(":")
        if mode == "slow":
            self.report(pod, "creating")
            self.later(float(argument or 1), lambda p: self.report(p, "ok"), pod)
        elif mode == "exit":
            self.report(pod, "ok")
            self.later(0.5, lambda p: self.report(p, "exit", int(argument or 0)), pod)
        else:
            self.report(pod, mode)

    def address(self, uid):
        with self.lock:
            if uid not in self.addresses:
                self.last_address += 1
                self.addresses[uid] = "10.244.%d.%d" % (self.last_address // 250 % 250, self.last_address % 250 + 1)
            return self.addresses[uid]

    def report(self, pod, mode, code=0):
        """PATCH pods/status with what a kubelet would say of a pod in that mode."""
        meta = pod["metadata"]
        if mode == "exit":
            self.ended[meta["uid"]] = time.time()
        status = status_of(pod, mode, code, self.address(meta["uid"]), self.options.address)
        result, answer = self.api.call("PATCH", self.pod_path(pod) + "/status",
                                       {"metadata": {"uid": meta["uid"]}, "status": status}, STRATEGIC)
        if result == 200:
            with self.lock:
                if meta["uid"] in self.started:
                    self.pods[meta["namespace"], meta["name"]] = answer
        elif result not in (404, 409):
            self.log("status of %s: %d %s" % (meta["name"], result, answer.get("message")))
