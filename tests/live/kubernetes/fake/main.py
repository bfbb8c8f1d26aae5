# SPDX-License-Identifier: MIT
"""A fake kubelet for tests against a real Kubernetes control plane: nodes on which no container ever runs.

It registers nodes, keeps their heartbeats, takes every pod that is bound to one of them to the state that the pod asks
for, finishes deletions, and listens on HTTPS as a kubelet does, so that the apiserver can proxy logs, exec and
port-forward to it. exec runs its command as a local process, port-forward connects to a port of the loopback address, logs
are numbered lines.

Pod annotation orch.io/fake-mode:
    ok         Running and Ready (the default)
    slow:S     waits S seconds in ContainerCreating, then as ok
    unready    Running, never Ready
    pull       waiting, ImagePullBackOff; the phase stays Pending
    crash      waiting, CrashLoopBackOff, three restarts, last exit code 3
    exit:N     runs for half a second, then terminated with exit code N (the default for a Job's pods is exit:0)
Node annotation orch.io/fake-heartbeat: stop
    the node plays dead: no heartbeat, no answer on its port, pods neither started nor finished; the controller manager
    marks it Unknown and its pods get evicted. Removing the annotation brings it back.
"""
import argparse

from kubelet import Kubelet
from server import serve


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nodes", nargs="+", metavar="NODE")
    parser.add_argument("--server", required=True, help="https://HOST:PORT of the apiserver")
    parser.add_argument("--pki", required=True, help="folder with ca.crt, admin.crt, fake-kubelet.crt and their keys")
    parser.add_argument("--address", default="127.0.0.1", help="of all nodes; it must be in fake-kubelet.crt")
    parser.add_argument("--port", type=int, default=10350, help="HTTPS port of the first node, the others follow it")
    parser.add_argument("--taint", action="store_true", help="orch.io/fake=true:NoSchedule on each node")
    parser.add_argument("--heartbeat", type=float, default=5.0, help="seconds between two heartbeats of a node")
    parser.add_argument("--grace", type=float, default=0.2, help="seconds that a pod takes to end")
    parser.add_argument("--log-interval", type=float, default=0.1, help="seconds between two log lines")
    return parser.parse_args()


Kubelet(parse(), serve).run()
