# SPDX-License-Identifier: MIT
"""stats/summary: constant figures, of the shape that metrics-server reads."""
import json

from times import timestamp


def usage(now, cores, memory):
    return {"cpu": {"time": now, "usageNanoCores": cores, "usageCoreNanoSeconds": cores * 1000},
            "memory": {"time": now, "usageBytes": memory, "workingSetBytes": memory}}


class Stats:
    def stats(self, what):
        if what != "summary":
            self.fail(404, "404 page not found")
            return
        now = timestamp()
        with self.kubelet.lock:
            mine = [pod for pod in self.kubelet.pods.values() if pod["spec"]["nodeName"] == self.node]
        pods = []
        for pod in mine:
            meta = pod["metadata"]
            entry = {"podRef": {"name": meta["name"], "namespace": meta["namespace"], "uid": meta["uid"]},
                     "startTime": pod.get("status", {}).get("startTime", now),
                     "containers": [dict(usage(now, 10000000, 33554432), name=c["name"]) for c in pod["spec"]["containers"]]}
            pods.append(entry)
        body = json.dumps({"node": dict(usage(now, 100000000, 1073741824), nodeName=self.node, startTime=now),
                           "pods": pods}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
