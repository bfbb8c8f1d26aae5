# SPDX-License-Identifier: MIT
"""The command line of a kind of cluster: verbs, options, and one process at a time per cluster."""
import argparse
import json
import os
import re
import signal
import subprocess
import sys

from .base import Fail, say
from .namespaces import inside
from .process import alive

EPILOG = """\
exit status: 0 done; 1 status: not healthy; 2 failed; 3 status: not up. Try COMMAND --help; README.md has the rest.
"""


class Cli:
    """A kind of cluster names its modules and adds verbs and options of its own."""

    program, about, name = "", "", ""          # of the command; of a cluster without --name
    faults = lifecycle = report = kept = None  # modules
    dead = ""                                  # "NODE ..." when nothing can be run there
    printing = ("up", "status")                # verbs that take --format
    lasting = ("exec", "run")                  # that others need not wait for
    argv_may_lack = ()                         # of those that take a COMMAND

    def verbs(self):
        """{verb: (function, text)}, in the order of the help."""
        return {
            "up": (self.up, "start a cluster; does nothing when the same one is up and healthy"),
            "run": (self.run, "start a cluster, run a command with the variables of --format env, take the cluster away again "
                              "unless it was up before; exit status: that of the command"),
            "down": (self.down, "take everything away; does nothing when nothing is up"),
            "status": (self.status, "print endpoints and states; exit status 0 healthy, 1 not, 3 not up"),
        }

    def loaded(self, args):
        state = self.kept.load(args.name)
        if not state:
            raise Fail("%s is not up" % args.name)
        return state

    def show(self, state, form):
        """Prints the cluster; returns the exit status: 0 healthy, 1 not."""
        about = self.report.describe(state)
        if form == "json":
            print(json.dumps(about, indent=1))
        else:
            for name, value in self.report.variables(about):
                print("%s='%s'" % (name, value))
        return 0 if about["healthy"] else 1

    def up(self, args):
        return self.show(self.lifecycle.ensure(args), args.format)

    def down(self, args):
        state = self.kept.load(args.name)
        if state:
            self.lifecycle.take_down(state)
        else:
            self.kept.remove_data(args.name)
        return 0

    def status(self, args):
        state = self.kept.load(args.name)
        if not state:
            say("%s is not up" % args.name)
            return 3
        return self.show(state, args.format)

    def execute(self, args):
        node = self.faults.find(self.loaded(args), args.node)
        if not alive(node["init"]):
            raise Fail("%s %s" % (args.node, self.dead))
        return subprocess.call(inside(node, *args.argv))

    def run(self, args):
        """The lock is free while the command runs: it may break and mend."""
        with self.kept.locked(args.name):
            was_up = self.kept.load(args.name) is not None
            state = self.lifecycle.ensure(args)
        variables = {name: str(value) for name, value in self.report.variables(self.report.describe(state))}
        try:
            return call_and_end(args.argv, dict(os.environ, **variables))
        finally:
            with self.kept.locked(args.name):
                if not was_up:
                    self.down(args)

    # ---- arguments ----

    def add_options(self, verbs):
        """verbs: {verb: parser}. Options of its own, before those of all."""

    def add_up_options(self, parser):
        """What a new cluster is like."""

    def objection(self, args):
        """Why what add_up_options() took cannot be."""

    def parser(self):
        top = argparse.ArgumentParser(prog=self.program, epilog=EPILOG, description=self.about)
        commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
        for verb, (function, text) in self.verbs().items():
            p = commands.add_parser(verb, help=text, description=text)
            p.set_defaults(run=function)
            p.add_argument("--name", default=self.name, help="several clusters can be up side by side (default: %(default)s)")
            if verb in self.printing:
                p.add_argument("--format", choices=("json", "env"), default="json")
        self.add_options(commands.choices)
        for verb in ("up", "run"):
            self.add_up_options(commands.choices[verb])
        for verb in ("exec", "run", *self.argv_may_lack):
            commands.choices[verb].add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND")
        return top

    def parse(self):
        top = self.parser()
        args = top.parse_args()
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", args.name):
            top.error("--name: lower case letters, digits and -")
        why = self.objection(args) if args.command in ("up", "run") else None
        if why:
            top.error(why)
        if "argv" in args:
            args.argv = args.argv[1:] if args.argv[:1] == ["--"] else args.argv
            if not args.argv and args.command not in self.argv_may_lack:
                top.error("%s: which command?" % args.command)
        return args

    def main(self):
        args = self.parse()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            if os.geteuid():
                raise Fail("must be root")
            if args.command in self.lasting:
                return args.run(args)
            with self.kept.locked(args.name):
                return args.run(args)
        except (Fail, OSError) as error:
            say(error)
            return 2
        except KeyboardInterrupt:
            return 130


def call_and_end(argv, environment):
    command = subprocess.Popen(argv, env=environment)
    try:
        return command.wait()
    finally:
        if command.poll() is None:  # we were told to end
            command.terminate()
            command.wait()
