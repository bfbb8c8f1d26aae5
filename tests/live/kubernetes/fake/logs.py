# SPDX-License-Identifier: MIT
"""Logs: line i of a container is born interval * i seconds after the pod was started, so nothing is stored."""
import time

from times import parse_time, timestamp


class Logs:
    def logs(self, container):
        state = self.container_state(container)
        if "waiting" in state and self.option("previous") != "true":
            self.fail(400, 'container "%s" in pod "%s" is waiting to start: %s'
                      % (container, self.pod["metadata"]["name"], state["waiting"]["reason"]))
            return
        if self.option("previous") == "true" and self.kubelet.mode(self.pod) != "crash":
            self.fail(400, 'previous terminated container "%s" in pod "%s" not found'
                      % (container, self.pod["metadata"]["name"]))
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in self.lines(container):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def container_state(self, container):
        for entry in self.pod.get("status", {}).get("containerStatuses", []):
            if entry["name"] == container:
                return entry["state"]
        return {}

    def lines(self, container):
        uid, interval = self.pod["metadata"]["uid"], self.kubelet.options.log_interval
        began = self.kubelet.started.get(uid, time.time())
        ended = self.kubelet.ended.get(uid)
        following = self.option("follow") == "true"
        count = int(((ended or time.time()) - began) / interval) + 1
        first = 0
        if self.option("sinceTime"):
            first = max(first, -int((began - parse_time(self.option("sinceTime"))) // interval))
        if self.option("sinceSeconds"):
            first = max(first, int((time.time() - int(self.option("sinceSeconds")) - began) / interval))
        if self.option("tailLines"):
            first = max(first, count - int(self.option("tailLines")))
        left = int(self.option("limitBytes", "0")) or None
        number = first
        while number < count or (following and ended is None):
            born = began + number * interval
            while time.time() < born:
                if uid not in self.kubelet.started or uid in self.kubelet.ended:
                    return
                time.sleep(min(0.1, max(0.0, born - time.time())))
            line = "line %d of %s/%s\n" % (number, self.pod["metadata"]["name"], container)
            if self.option("timestamps") == "true":
                line = timestamp(born, micro=True) + " " + line
            data = line.encode()
            if left is not None:
                data, left = data[:left], left - len(data)
            yield data
            if left is not None and left <= 0:
                return
            number += 1
