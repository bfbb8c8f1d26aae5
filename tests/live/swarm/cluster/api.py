# SPDX-License-Identifier: MIT
"""HTTP to an engine through its socket."""
import http.client
import json
import socket
from shared.base import Fail



class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("engine", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(node, method, path, body=None, timeout=30, content="application/json"):
    """(status, decoded JSON or text); (0, reason) when there is no answer."""
    link = UnixConnection(node["socket"], timeout)
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body)
    try:
        link.request(method, path, body, {"Content-Type": content} if body is not None else {})
        reply = link.getresponse()
        return reply.status, decoded(reply.read())
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error) or type(error).__name__
    finally:
        link.close()


def decoded(text):
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text.decode("utf-8", "replace")


def call(node, method, path, body=None, timeout=60, content="application/json"):
    """As ask, but anything except success is a failure."""
    status, answer = ask(node, method, path, body, timeout, content)
    if not 200 <= status < 300:
        raise Fail("%s: %s %s: %s %s" % (node["name"], method, path, status or "no answer:", answer))
    return answer
