# SPDX-License-Identifier: MIT
"""Certificates and kubeconfigs, with the openssl command. Some are there to be refused: `expired`, and all of other-ca."""
import base64
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

from shared.base import run
from .state import control_plane, folder_of, workers, write

CLIENT, SERVER = "clientAuth", "serverAuth"
NAMES = ("DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
         "DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:::1,IP:10.96.0.1,IP:")
USERS = (  # file, subject
    ("admin", "/O=system:masters/CN=admin"), ("viewer", "/CN=viewer"), ("kcm", "/CN=system:kube-controller-manager"),
    ("sched", "/CN=system:kube-scheduler"), ("kube-proxy", "/CN=system:kube-proxy"),
    ("kubelet-client", "/O=system:masters/CN=apiserver-kubelet"))


def make(state):
    out = state["pki"]
    os.makedirs(out, mode=0o700)
    for name in ("ca", "other-ca", "front-proxy-ca"):
        request(out + "/" + name, "/CN=" + name, "-x509", "-days", "30", "-out", "%s/%s.crt" % (out, name))
    run("openssl", "genrsa", "-out", out + "/sa.key", "2048")
    run("openssl", "rsa", "-in", out + "/sa.key", "-pubout", "-out", out + "/sa.pub")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda leaf: certificate(out, **leaf), leaves(state)))
    distribute(state)


def leaves(state):
    ip = control_plane(state)["ip"]
    yield {"name": "apiserver", "subject": "/CN=kube-apiserver", "usage": SERVER, "names": NAMES + ip}
    yield {"name": "front-proxy", "subject": "/CN=front-proxy", "usage": CLIENT, "ca": "front-proxy-ca"}
    yield {"name": "expired", "subject": "/O=system:masters/CN=admin", "usage": CLIENT, "days": -1}
    yield {"name": "stranger", "subject": "/O=system:masters/CN=admin", "usage": CLIENT, "ca": "other-ca"}
    yield {"name": "fake-kubelet", "subject": "/O=system:nodes/CN=fake-kubelet", "usage": SERVER, "names": "IP:" + ip}
    for name, subject in USERS:
        yield {"name": name, "subject": subject, "usage": CLIENT}
    for node in workers(state):
        yield {"name": node["name"], "subject": "/O=system:nodes/CN=system:node:" + node["name"],
               "usage": SERVER + "," + CLIENT, "names": "DNS:%s,IP:%s" % (node["name"], node["ip"])}


def request(path, subject, *more):
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject,
        "-keyout", path + ".key", *more)


def certificate(out, name, subject, usage, names="", ca="ca", days=30):
    path, ca = "%s/%s" % (out, name), "%s/%s" % (out, ca)
    request(path, subject, "-out", path + ".csr")
    write(path + ".ext", "keyUsage=digitalSignature\nextendedKeyUsage=%s\n%s" % (usage, names and "subjectAltName=" + names))
    run("openssl", "x509", "-req", "-days", str(days), "-in", path + ".csr", "-CA", ca + ".crt", "-CAkey", ca + ".key",
        "-set_serial", str(int.from_bytes(os.urandom(8), "big")), "-extfile", path + ".ext", "-out", path + ".crt")
    os.unlink(path + ".csr")
    os.unlink(path + ".ext")


def distribute(state):
    """To each what it is to know, and no more."""
    home, lib = folder_of(state["name"]), control_plane(state)["dir"] + "/lib"
    for name, folder in (("kcm", lib), ("sched", lib), ("admin", home), ("viewer", home)):
        kubeconfig(state, name, "%s/%s.kubeconfig" % (folder, name))
    for node in workers(state):
        lib = node["dir"] + "/lib/kubelet"
        os.makedirs(lib)
        for source, target in (("ca.crt", "ca.crt"), (node["name"] + ".crt", "node.crt"), (node["name"] + ".key", "node.key")):
            shutil.copy("%s/%s" % (state["pki"], source), "%s/%s" % (lib, target))
        kubeconfig(state, node["name"], lib + "/kubelet.kubeconfig")
        kubeconfig(state, "kube-proxy", lib + "/kube-proxy.kubeconfig")


KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters:
- name: {name}
  cluster:
    server: {server}
    certificate-authority-data: {ca}
users:
- name: {user}
  user:
    client-certificate-data: {crt}
    client-key-data: {key}
contexts:
- name: {name}
  context:
    cluster: {name}
    user: {user}
current-context: {name}
"""


def kubeconfig(state, user, path):
    def data(name):
        with open("%s/%s" % (state["pki"], name), "rb") as f:
            return base64.b64encode(f.read()).decode()
    write(path, KUBECONFIG.format(name=state["name"], user=user, server=state["api"], ca=data("ca.crt"),
                                  crt=data(user + ".crt"), key=data(user + ".key")), 0o600)
