# SPDX-License-Identifier: MIT
"""A certificate authority, a server certificate for each node and a client certificate, with the openssl command."""
import shutil

from shared.base import run
from .state import ensure_dir

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def make(state):
    out = state["tls"]
    ensure_dir(out)
    run("openssl", "req", "-x509", "-days", "30", *NEW_KEY, "-subj", "/CN=swarm-cluster CA",
        "-keyout", out + "/ca-key.pem", "-out", out + "/ca.pem")
    certificate(out, "client", "extendedKeyUsage=clientAuth\n")
    for node in state["nodes"]:
        name = node["name"]
        certificate(out, name, "subjectAltName=DNS:%s,IP:%s\nextendedKeyUsage=serverAuth\n" % (name, node["ip"]))
        for source, target in (("ca", "ca"), (name + "-cert", "cert"), (name + "-key", "key")):
            shutil.copy("%s/%s.pem" % (out, source), "%s/%s.pem" % (node["dir"], target))
    for part in ("cert", "key"):  # the names a client expects in DOCKER_CERT_PATH
        shutil.copy("%s/client-%s.pem" % (out, part), "%s/%s.pem" % (out, part))


def certificate(out, name, extension):
    path = "%s/%s" % (out, name)
    run("openssl", "req", *NEW_KEY, "-subj", "/CN=" + name, "-keyout", path + "-key.pem", "-out", path + ".csr")
    with open(path + ".ext", "w") as f:
        f.write(extension)
    run("openssl", "x509", "-req", "-days", "30", "-in", path + ".csr", "-CA", out + "/ca.pem",
        "-CAkey", out + "/ca-key.pem", "-CAcreateserial", "-extfile", path + ".ext", "-out", path + "-cert.pem")
