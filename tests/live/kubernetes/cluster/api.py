# SPDX-License-Identifier: MIT
"""HTTPS to the apiserver, as the administrator."""
import contextlib
import http.client
import json
import ssl


def get(state, path):
    """The decoded answer (text where it is no JSON), or None."""
    host = state["api"][len("https://"):]
    try:
        context = ssl.create_default_context(cafile=state["pki"] + "/ca.crt")
        context.load_cert_chain(state["pki"] + "/admin.crt", state["pki"] + "/admin.key")
        link = http.client.HTTPSConnection(host, timeout=5, context=context)
        with contextlib.closing(link):
            link.request("GET", path)
            reply = link.getresponse()
            text = reply.read().decode()
            if reply.status != 200:
                return None
            return json.loads(text) if text.startswith("{") else text
    except (OSError, ValueError, http.client.HTTPException):
        return None
