# SPDX-License-Identifier: MIT
"""The few calls to the apiserver; one connection a call, so that a killed apiserver leaves nothing behind."""
import http.client
import json
import os
import ssl
import urllib.parse

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


class Api:
    def __init__(self, server, pki):
        url = urllib.parse.urlsplit(server)
        self.host, self.port = url.hostname, url.port or 443
        self.context = ssl.create_default_context(cafile=os.path.join(pki, "ca.crt"))
        self.context.load_cert_chain(os.path.join(pki, "admin.crt"), os.path.join(pki, "admin.key"))

    def open(self, method, path, body=None, content_type="application/json", timeout=30):
        connection = http.client.HTTPSConnection(self.host, self.port, context=self.context, timeout=timeout)
        headers = {"Accept": "application/json", "Content-Type": content_type, "User-Agent": "liborch-fake-kubelet"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        return connection, connection.getresponse()

    def call(self, method, path, body=None, content_type="application/json"):
        connection, response = self.open(method, path, body, content_type)
        try:
            data = response.read()
        finally:
            connection.close()
        return response.status, json.loads(data) if data[:1] == b"{" else {}
