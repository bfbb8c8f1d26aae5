# SPDX-License-Identifier: MIT
"""What the apiserver asks a kubelet, over HTTPS."""
import http.server
import os
import ssl
import urllib.parse

from execute import Execute
from forward import Forward
from logs import Logs
from stats import Stats


class Handler(Logs, Execute, Forward, Stats, http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kubelet = node = None  # set by serve()

    def log_message(self, format, *args):
        self.kubelet.log("%s %s" % (self.node, format % args))

    def fail(self, code, text):
        body = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.kubelet.nodes[self.node].silent:
            self.close_connection = True
            return
        url = urllib.parse.urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        self.query = urllib.parse.parse_qs(url.query, keep_blank_values=True)
        routes = {("containerLogs", 4): self.logs, ("exec", 4): self.execute, ("portForward", 3): self.forward,
                  ("stats", 2): self.stats, ("healthz", 1): lambda: self.fail(200, "ok")}
        route = routes.get((parts[0], len(parts)))
        if route is None:
            self.fail(404, "404 page not found")
            return
        if len(parts) > 2:
            with self.kubelet.lock:
                self.pod = self.kubelet.pods.get((parts[1], parts[2]))
            if self.pod is None or self.pod["spec"]["nodeName"] != self.node:
                self.fail(404, 'pod "%s_%s" not found' % (parts[2], parts[1]))
                return
        try:
            route(*(parts[3:] if len(parts) > 2 else parts[1:]))
        except (OSError, EOFError) as error:
            self.log_message("%s: %r", parts[0], error)
            self.close_connection = True

    do_POST = do_GET

    def option(self, name, default=""):
        return self.query.get(name, [default])[0]


def serve(kubelet, node, port):
    pki = kubelet.options.pki
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(pki, "fake-kubelet.crt"), os.path.join(pki, "fake-kubelet.key"))
    context.load_verify_locations(os.path.join(pki, "ca.crt"))
    context.verify_mode = ssl.CERT_REQUIRED  # exec runs commands: nobody without a certificate of the cluster's CA
    handler = type("NodeHandler", (Handler,), {"kubelet": kubelet, "node": node})
    server = http.server.ThreadingHTTPServer((kubelet.options.address, port), handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()
