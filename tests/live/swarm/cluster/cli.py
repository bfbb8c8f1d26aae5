# SPDX-License-Identifier: MIT
"""The command line."""
import json

from shared.cli import Cli
from . import faults, lifecycle, report, state as kept

NODES = "m1, m2 ... w1 ..."


class SwarmCluster(Cli):
    program, name, dead = "swarm-cluster", "swarm", "is gone for good: down, then up"
    about = "Real Docker Swarm clusters on one machine, for tests. Needs root."
    faults, lifecycle, report, kept = faults, lifecycle, report, kept
    printing = ("up", "status", "resume")

    def verbs(self):
        return {
            **super().verbs(),
            "kill": (self.fault, "SIGKILL the dockerd of a node"),
            "pause": (self.fault, "SIGSTOP the dockerd of a node: it accepts connections and never answers"),
            "cut": (self.fault, "unplug a node's network: no packets, no FIN, no RST"),
            "kill-leader": (self.fault, "SIGKILL the dockerd that leads"),
            "pause-leader": (self.fault, "SIGSTOP the dockerd that leads"),
            "resume": (self.resume, "undo kill, pause and cut, of all nodes or the named ones; wait until they are ready"),
            "exec": (self.execute, "run a command in a node's namespaces: the pids that the API tells are those of the node"),
        }

    def fault(self, args):
        action = args.command.partition("-")[0]
        print(json.dumps(faults.inflict(self.loaded(args), action, args.node, args.wait)))
        return 0

    def resume(self, args):
        state = self.loaded(args)
        faults.resume(state, args.node)
        self.show(state, args.format)
        return 0

    def add_options(self, verbs):
        for verb in ("kill", "pause", "cut", "kill-leader", "pause-leader"):
            verbs[verb].add_argument("--wait", action="store_true", help="wait for another leader and say how long that took")
            verbs[verb].set_defaults(node=None)
        for verb in ("kill", "pause", "cut", "exec"):
            verbs[verb].add_argument("node", metavar="NODE", help=NODES)
        verbs["resume"].add_argument("node", nargs="*", metavar="NODE", help=NODES + " (default: all)")

    def add_up_options(self, parser):
        add = parser.add_argument
        add("--managers", type=int, default=3, metavar="N", help="1 to 7, named m1 m2 ... (default: 3)")
        add("--workers", type=int, default=1, metavar="N", help="0 to 50, named w1 w2 ... (default: 1)")
        add("--engine", action="append", metavar="ENGINE", help="host (default: docker.io of this machine); 26, 28, "
            "29, 29.0 (see `engine --list`; built if need be); a dockerd; a folder that holds one; a root file "
            "system. Given several times, nodes take them in turn")
        add("--tls", action="store_true", help="mutual TLS on port 2376 instead of plain TCP on 2375")
        add("--subnet", metavar="A.B.C", help="first three bytes of the nodes' addresses (default: a free 198.18.x)")
        add("--storage-driver", default="", metavar="NAME", help="overlay2, vfs ... (default: dockerd's choice)")
        add("--dockerd-arg", action="append", default=[], metavar="ARG", help="one more argument for every dockerd")
        add("--keep", action="store_true", help="leave a cluster that failed to start as it is, for a look at it")

    def objection(self, args):
        fine = 1 <= args.managers <= 7 and 0 <= args.workers <= 50
        return None if fine else "1 to 7 managers, 0 to 50 workers"


def main():
    return SwarmCluster().main()
