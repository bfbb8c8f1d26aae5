# SPDX-License-Identifier: MIT
"""The command line."""
import argparse
import os
import re
import signal
import subprocess
import sys

from shared.base import Fail, say
from shared.process import alive
from . import faults, lifecycle, report, state as kept

EPILOG = """\
exit status: 0 done; 1 status: not healthy; 2 failed; 3 status: not up. Try COMMAND --help; README.md has the rest.
"""


def loaded(args):
    state = kept.load(args.name)
    if not state:
        raise Fail("%s is not up" % args.name)
    return state


def up(args):
    return report.show(lifecycle.ensure(args), args.format)


def down(args):
    state = kept.load(args.name)
    if state:
        lifecycle.take_down(state)
    else:
        kept.remove_data(args.name)
    return 0


def status(args):
    state = kept.load(args.name)
    if not state:
        say("%s is not up" % args.name)
        return 3
    return report.show(state, args.format)


def fault(args):
    faults.inflict(loaded(args), args.command, args.what)
    return 0


def restart(args):
    state = loaded(args)
    faults.restart(state, args.what)
    return report.show(state, args.format)


def kubectl(args):
    state = loaded(args)
    os.environ["KUBECONFIG"] = kept.folder_of(args.name) + "/admin.kubeconfig"
    os.execv(state["bin"] + "/kubectl", ["kubectl"] + args.argv)


def execute(args):
    node = faults.find(loaded(args), args.node)
    if not alive(node["init"]):
        raise Fail("%s is off" % args.node)
    return subprocess.call(lifecycle.inside(node, *args.argv))


def run(args):
    """The lock is free while the command runs: it may kill and restart."""
    with kept.locked(args.name):
        was_up = kept.load(args.name) is not None
        state = lifecycle.ensure(args)
    try:
        return call_and_end(args.argv, dict(os.environ, **dict(report.variables(report.describe(state)))))
    finally:
        with kept.locked(args.name):
            if not was_up:
                down(args)


def call_and_end(argv, environment):
    command = subprocess.Popen(argv, env=environment)
    try:
        return command.wait()
    finally:
        if command.poll() is None:  # we were told to end
            command.terminate()
            command.wait()


COMMANDS = {
    "up": (up, "start a cluster; does nothing when the same one is up and healthy"),
    "run": (run, "start a cluster, run a command with the variables of --format env, take the cluster away again unless it "
                 "was up before; exit status: that of the command"),
    "down": (down, "take everything away; does nothing when nothing is up"),
    "status": (status, "print endpoints and states; exit status 0 healthy, 1 not, 3 not up"),
    "kill": (fault, "SIGKILL a program"),
    "pause": (fault, "SIGSTOP a program: it accepts connections and never answers"),
    "cut": (fault, "unplug a node's network: no packets, no FIN, no RST; its pods go on"),
    "off": (fault, "power a node off: everything in it ends at once, its disk stays"),
    "restart": (restart, "undo kill, pause, cut and off; end and start again what is named; wait until the cluster is healthy"),
    "kubectl": (kubectl, "kubectl as the administrator of the cluster"),
    "exec": (execute, "run a command in a node's namespaces"),
}
WHAT = {"kill": "apiserver, etcd, kcm, scheduler, fake-kubelet; n1 (its kubelet), n1/containerd, n1/kube-proxy ...",
        "cut": "n1, n2 ... or cp: the control plane"}


def parser():
    top = argparse.ArgumentParser(prog="kube-cluster", epilog=EPILOG,
                                  description="Real Kubernetes clusters on one machine, for tests. Needs root.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (function, text) in COMMANDS.items():
        p = commands.add_parser(name, help=text, description=text)
        p.set_defaults(run=function)
        p.add_argument("--name", default="kube", help="several clusters can be up side by side (default: kube)")
        if name in ("up", "status", "restart"):
            p.add_argument("--format", choices=("json", "env"), default="json")
        if function is fault:
            p.add_argument("what", metavar="WHAT", help=WHAT["kill" if name in ("kill", "pause") else "cut"])
    commands.choices["restart"].add_argument("what", nargs="*", metavar="WHAT", help=WHAT["kill"])
    commands.choices["exec"].add_argument("node", metavar="NODE", help=WHAT["cut"])
    for name in ("up", "run"):
        add_up_options(commands.choices[name])
    for name in ("exec", "run", "kubectl"):
        commands.choices[name].add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND")
    return top


def add_up_options(p):
    p.add_argument("--nodes", type=int, default=1, metavar="N", help="real ones, 0 to 50, named n1 n2 ... (default: 1)")
    p.add_argument("--fake-nodes", type=int, default=0, metavar="N", help="0 to 500, named f1 f2 ...: pods there do as an "
                   "annotation says and no container runs. Beside real nodes they have a taint (default: 0)")
    p.add_argument("--version", default="1.36", metavar="V", help="see build-kubernetes --list; built if need be (default: 1.36)")
    p.add_argument("--bin", metavar="FOLDER", help="programs that build-kubernetes made, instead of --version")
    p.add_argument("--proxy-mode", choices=("nftables", "iptables"), default="nftables", help="of kube-proxy")
    p.add_argument("--apiserver-arg", action="append", default=[], metavar="ARG", help="one more argument for the apiserver")
    p.add_argument("--kubelet-arg", action="append", default=[], metavar="ARG", help="one more argument for every kubelet")
    p.add_argument("--keep", action="store_true", help="leave a cluster that failed to start as it is, for a look at it")


def parse():
    top = parser()
    args = top.parse_args()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", args.name):
        top.error("--name: lower case letters, digits and -")
    if args.command in ("up", "run") and not (0 <= args.nodes <= 50 and 0 <= args.fake_nodes <= 500):
        top.error("0 to 50 real nodes, 0 to 500 fake nodes")
    if args.command in ("exec", "run", "kubectl"):
        args.argv = args.argv[1:] if args.argv[:1] == ["--"] else args.argv
        if not args.argv and args.command != "kubectl":
            top.error("%s: which command?" % args.command)
    return args


def main():
    args = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if os.geteuid():
            raise Fail("must be root")
        if args.run in (execute, run, kubectl, status):  # these may last, or change nothing
            return args.run(args)
        with kept.locked(args.name):
            return args.run(args)
    except (Fail, OSError) as error:
        say(error)
        return 2
    except KeyboardInterrupt:
        return 130
