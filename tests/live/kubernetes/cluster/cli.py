# SPDX-License-Identifier: MIT
"""The command line."""
import os

from shared.cli import Cli
from . import faults, lifecycle, report, state as kept

WHAT = {"kill": "apiserver, etcd, kcm, scheduler, fake-kubelet; n1 (its kubelet), n1/containerd, n1/kube-proxy ...",
        "cut": "n1, n2 ... or cp: the control plane"}


class KubeCluster(Cli):
    program, name, dead = "kube-cluster", "kube", "is off"
    about = "Real Kubernetes clusters on one machine, for tests. Needs root."
    faults, lifecycle, report, kept = faults, lifecycle, report, kept
    printing = ("up", "status", "restart")
    lasting = ("exec", "run", "kubectl", "status")  # the last changes nothing
    argv_may_lack = ("kubectl",)

    def verbs(self):
        return {
            **super().verbs(),
            "kill": (self.fault, "SIGKILL a program"),
            "pause": (self.fault, "SIGSTOP a program: it accepts connections and never answers"),
            "cut": (self.fault, "unplug a node's network: no packets, no FIN, no RST; its pods go on"),
            "off": (self.fault, "power a node off: everything in it ends at once, its disk stays"),
            "restart": (self.restart, "undo kill, pause, cut and off; end and start again what is named; wait until the cluster "
                                      "is healthy"),
            "kubectl": (self.kubectl, "kubectl as the administrator of the cluster"),
            "exec": (self.execute, "run a command in a node's namespaces"),
        }

    def fault(self, args):
        faults.inflict(self.loaded(args), args.command, args.what)
        return 0

    def restart(self, args):
        state = self.loaded(args)
        faults.restart(state, args.what)  # it was well then, whatever a busy machine shows a moment later
        self.show(state, args.format)
        return 0

    def kubectl(self, args):
        state = self.loaded(args)
        os.environ["KUBECONFIG"] = kept.folder_of(args.name) + "/admin.kubeconfig"
        os.execv(state["bin"] + "/kubectl", ["kubectl"] + args.argv)

    def add_options(self, verbs):
        for verb in ("kill", "pause", "cut", "off"):
            verbs[verb].add_argument("what", metavar="WHAT", help=WHAT["kill" if verb in ("kill", "pause") else "cut"])
        verbs["restart"].add_argument("what", nargs="*", metavar="WHAT", help=WHAT["kill"])
        verbs["exec"].add_argument("node", metavar="NODE", help=WHAT["cut"])

    def add_up_options(self, parser):
        add = parser.add_argument
        add("--nodes", type=int, default=1, metavar="N", help="real ones, 0 to 50, named n1 n2 ... (default: 1)")
        add("--fake-nodes", type=int, default=0, metavar="N", help="0 to 500, named f1 f2 ...: pods there do as an "
            "annotation says and no container runs. Beside real nodes they have a taint (default: 0)")
        add("--version", default="1.36", metavar="V", help="see build-kubernetes --list; built if need be (default: 1.36)")
        add("--bin", metavar="FOLDER", help="programs that build-kubernetes made, instead of --version")
        add("--proxy-mode", choices=("nftables", "iptables"), default="nftables", help="of kube-proxy")
        add("--apiserver-arg", action="append", default=[], metavar="ARG", help="one more argument for the apiserver")
        add("--kubelet-arg", action="append", default=[], metavar="ARG", help="one more argument for every kubelet")
        add("--keep", action="store_true", help="leave a cluster that failed to start as it is, for a look at it")

    def objection(self, args):
        fine = 0 <= args.nodes <= 50 and 0 <= args.fake_nodes <= 500
        return None if fine else "0 to 50 real nodes, 0 to 500 fake nodes"


def main():
    return KubeCluster().main()
