# SPDX-License-Identifier: MIT
"""The command line."""
import argparse
import json
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
    action = args.command.partition("-")[0]
    print(json.dumps(faults.inflict(loaded(args), action, args.node, args.wait)))
    return 0


def resume(args):
    state = loaded(args)
    faults.resume(state, args.node)
    report.show(state, args.format)
    return 0


def execute(args):
    node = faults.find(loaded(args), args.node)
    if not alive(node["init"]):
        raise Fail("%s is gone for good: down, then up" % args.node)
    return subprocess.call(["nsenter", "-t", str(node["init"]["pid"]), "-m", "-u", "-n", "-p", "--"] + args.argv)


def run(args):
    """The lock is free while the command runs: it may kill and resume."""
    with kept.locked(args.name):
        was_up = kept.load(args.name) is not None
        state = lifecycle.ensure(args)
    try:
        return call_and_end(args.argv, dict(os.environ, **{k: str(v) for k, v in report.variables(report.describe(state))}))
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
    "kill": (fault, "SIGKILL the dockerd of a node"),
    "pause": (fault, "SIGSTOP the dockerd of a node: it accepts connections and never answers"),
    "cut": (fault, "unplug a node's network: no packets, no FIN, no RST"),
    "kill-leader": (fault, "SIGKILL the dockerd that leads"),
    "pause-leader": (fault, "SIGSTOP the dockerd that leads"),
    "resume": (resume, "undo kill, pause and cut, of all nodes or the named ones; wait until they are ready"),
    "exec": (execute, "run a command in a node's namespaces: the pids that the API tells are those of the node"),
}


def parser():
    top = argparse.ArgumentParser(prog="swarm-cluster", epilog=EPILOG,
                                  description="Real Docker Swarm clusters on one machine, for tests. Needs root.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (function, text) in COMMANDS.items():
        p = commands.add_parser(name, help=text, description=text)
        p.set_defaults(run=function)
        p.add_argument("--name", default="swarm", help="several clusters can be up side by side (default: swarm)")
        if name in ("up", "status", "resume"):
            p.add_argument("--format", choices=("json", "env"), default="json")
        if function is fault:
            p.add_argument("--wait", action="store_true", help="wait for another leader and say how long that took")
        if name in ("kill", "pause", "cut", "exec"):
            p.add_argument("node", metavar="NODE", help="m1, m2 ... w1 ...")
        p.set_defaults(node=None)
    commands.choices["resume"].add_argument("node", nargs="*", metavar="NODE", help="m1, m2 ... w1 ... (default: all)")
    for name in ("up", "run"):
        add_up_options(commands.choices[name])
    for name in ("exec", "run"):
        commands.choices[name].add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND")
    return top


def add_up_options(p):
    p.add_argument("--managers", type=int, default=3, metavar="N", help="1 to 7, named m1 m2 ... (default: 3)")
    p.add_argument("--workers", type=int, default=1, metavar="N", help="0 to 50, named w1 w2 ... (default: 1)")
    p.add_argument("--engine", action="append", metavar="ENGINE", help="host (default: docker.io of this machine); 26, 28, "
                   "29, 29.0 (see `engine --list`; built if need be); a dockerd; a folder that holds one; a root file "
                   "system. Given several times, nodes take them in turn")
    p.add_argument("--tls", action="store_true", help="mutual TLS on port 2376 instead of plain TCP on 2375")
    p.add_argument("--subnet", metavar="A.B.C", help="first three bytes of the nodes' addresses (default: a free 198.18.x)")
    p.add_argument("--storage-driver", default="", metavar="NAME", help="overlay2, vfs ... (default: dockerd's choice)")
    p.add_argument("--dockerd-arg", action="append", default=[], metavar="ARG", help="one more argument for every dockerd")
    p.add_argument("--keep", action="store_true", help="leave a cluster that failed to start as it is, for a look at it")


def parse():
    top = parser()
    args = top.parse_args()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", args.name):
        top.error("--name: lower case letters, digits and -")
    if args.command in ("up", "run") and not (1 <= args.managers <= 7 and 0 <= args.workers <= 50):
        top.error("1 to 7 managers, 0 to 50 workers")
    if args.command in ("exec", "run"):
        args.argv = args.argv[1:] if args.argv[:1] == ["--"] else args.argv
        if not args.argv:
            top.error("%s: which command?" % args.command)
    return args


def main():
    args = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if os.geteuid():
            raise Fail("must be root")
        if args.run in (execute, run):  # may last
            return args.run(args)
        with kept.locked(args.name):
            return args.run(args)
    except (Fail, OSError) as error:
        say(error)
        return 2
    except KeyboardInterrupt:
        return 130
