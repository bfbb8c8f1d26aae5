# SPDX-License-Identifier: MIT
"""What runs in a node, with its arguments and configuration files."""
import os
import re
import shutil
import sys

from shared.base import Fail
from .space import PROGRAMS, SHADOWED
from .state import control_plane, workers, write

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PODS, SERVICES, DNS = "10.244.0.0/16", "10.96.0.0/16", "10.96.0.10"
CGROUP = "liborch-kubernetes"
PKI = "/var/lib/pki/"
CONFIGURATION = (("containerd.toml", "containerd.toml"), ("cni.conflist", "cni/net.d/10-kube.conflist"),
                 ("kubelet.yaml", "kubelet/config.yaml"))


def program(name, argv, needs=(), file=PROGRAMS + "/cluster"):
    return {"name": name, "argv": argv, "needs": list(needs), "file": file}


def cgroup_of(state, node=None):
    return "/%s/%s" % (CGROUP, state["tag"]) + ("/" + node["name"] if node else "")


def pods_of(node):
    return "10.244.%s.0/24" % node["ip"].rpartition(".")[2]


# ---- control plane ----

def of_control_plane(state, args):
    ready = [state["api"] + "/readyz"]
    local = ["--leader-elect=false", "--bind-address=127.0.0.1"]
    found = [
        program("etcd", ["etcd", "--data-dir=/var/lib/etcd", "--unsafe-no-fsync", "--log-level=warn"]),
        program("apiserver", apiserver(control_plane(state)["ip"]) + args.apiserver_arg),
        program("kcm", [
            "kube-controller-manager", "--kubeconfig=/var/lib/kcm.kubeconfig", "--use-service-account-credentials=true",
            "--service-account-private-key-file=%ssa.key" % PKI, "--root-ca-file=%sca.crt" % PKI,
            "--cluster-signing-cert-file=%sca.crt" % PKI, "--cluster-signing-key-file=%sca.key" % PKI,
            "--flex-volume-plugin-dir=/var/lib/flex", "--node-monitor-grace-period=20s",
            "--kube-api-qps=200", "--kube-api-burst=400"] + local, ready),  # its 20 a second are made for a life of months
        program("scheduler", ["kube-scheduler", "--kubeconfig=/var/lib/sched.kubeconfig"] + local, ready)]
    return found + ([fake_kubelet(state, ready)] if state["fake"] else [])


def apiserver(ip):
    return [
        "kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", "--bind-address=" + ip, "--advertise-address=" + ip,
        "--secure-port=6443", "--authorization-mode=Node,RBAC", "--allow-privileged=true",
        "--service-cluster-ip-range=" + SERVICES, "--cert-dir=" + PKI,
        "--tls-cert-file=%sapiserver.crt" % PKI, "--tls-private-key-file=%sapiserver.key" % PKI,
        "--client-ca-file=%sca.crt" % PKI, "--service-account-key-file=%ssa.pub" % PKI,
        "--service-account-signing-key-file=%ssa.key" % PKI,
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--kubelet-client-certificate=%skubelet-client.crt" % PKI, "--kubelet-client-key=%skubelet-client.key" % PKI,
        "--kubelet-certificate-authority=%sca.crt" % PKI, "--kubelet-preferred-address-types=InternalIP",
        "--requestheader-client-ca-file=%sfront-proxy-ca.crt" % PKI, "--requestheader-allowed-names=front-proxy",
        "--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-", "--proxy-client-cert-file=%sfront-proxy.crt" % PKI,
        "--proxy-client-key-file=%sfront-proxy.key" % PKI,
        "--enable-aggregator-routing=true"]  # to pod addresses: nobody does ClusterIPs in there


def fake_kubelet(state, ready):
    """Copied: the checkout may lie where this node has a folder of its own."""
    cp = control_plane(state)
    shutil.copytree(HERE + "/fake", cp["dir"] + "/lib/fake", ignore=shutil.ignore_patterns("__pycache__"))
    argv = [sys.executable, "-B", "/var/lib/fake/main.py", "--server", state["api"], "--pki", "/var/lib/pki", "--address", cp["ip"]]
    return program("fake-kubelet", argv + (["--taint"] if workers(state) else []) + state["fake"], ready, sys.executable)


# ---- nodes ----

def of_worker(state, node, args):
    """Writes the node's configuration files; returns its programs."""
    values = {"IP": node["ip"], "PODS": pods_of(node), "CGROUP": cgroup_of(state, node), "DNS": DNS}
    for source, target in CONFIGURATION:
        with open("%s/node/%s" % (HERE, source)) as f:
            write("%s/lib/%s" % (node["dir"], target), re.sub("@([A-Z]+)@", lambda m: values[m[1]], f.read()))
    for name, value in SHADOWED.items():
        write("%s/lib/sysctl/%s" % (node["dir"], name), value + "\n")
    ready = state["api"] + "/readyz"
    return [
        program("containerd", ["containerd", "--config", "/var/lib/containerd.toml"], file="containerd"),
        program("kubelet", ["kubelet", "--config=/var/lib/kubelet/config.yaml", "--node-ip=" + node["ip"],
                            "--kubeconfig=/var/lib/kubelet/kubelet.kubeconfig", "--hostname-override=" + node["name"],
                            "--node-labels=orch.io/real=true"] + args.kubelet_arg,
                [ready, "/run/containerd/containerd.sock", "/var/lib/images-loaded"]),
        program("kube-proxy", ["kube-proxy", "--kubeconfig=/var/lib/kubelet/kube-proxy.kubeconfig",
                               "--proxy-mode=" + args.proxy_mode, "--hostname-override=" + node["name"],
                               "--cluster-cidr=" + PODS, "--conntrack-max-per-core=0"], [ready])]  # that limit is the machine's


def network(state, node):
    """Command lines that set up a node's network. No default route: what is outside is unreachable at once."""
    lines = ["ip link set lo up", "ip addr add %s/24 dev eth0" % node["ip"], "ip link set eth0 up"]
    lines += ["ip route add %s via %s" % (pods_of(other), other["ip"]) for other in workers(state) if other is not node]
    if node["role"] == "worker":
        lines += ["ip route add %s via %s" % (SERVICES, control_plane(state)["ip"]),  # so that packets get as far as DNAT
                  "ip route add unreachable " + DNS,  # look-ups fail at once: there is no cluster DNS
                  "sysctl -qw net.ipv4.ip_forward=1",
                  "iptables -t nat -A POSTROUTING -s %s ! -d %s -o eth0 -j MASQUERADE" % (PODS, PODS)]
    return lines


def attempts(node):
    """Without br_netfilter a pod does not reach itself, or its neighbour, by way of a Service."""
    return ["sysctl -qw net.bridge.bridge-nf-call-iptables=1"] if node["role"] == "worker" else []


def check_tools():
    needed = ["ip", "nsenter", "openssl", "sysctl", "iptables"]
    nodes = ["containerd", "ctr", "runc", "nft"]
    missing = [tool for tool in needed + nodes if not shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")]
    missing += [] if os.access("/usr/lib/cni/bridge", os.X_OK) else ["/usr/lib/cni/bridge"]
    if missing:
        raise Fail("not installed: %s (scripts/install-deps)" % ", ".join(missing))
