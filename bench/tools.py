# SPDX-License-Identifier: MIT
"""What the figures of bench/run are made with: the report, the release build,
callgrind, the loopback server, bodies that are made once."""
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.path.join(ROOT, "build", "release")
LIBRARY = os.path.join(BUILD, "liborch.so")


FIGURES = []


class Skip(Exception):
    """Why a figure cannot be had here."""


class Failed(Exception):
    """Why a figure that should be had was not: that counts as missed."""


def figures(*names, quick=True):
    """A function that takes these figures. Not quick: it needs time, and a machine that
    is not too busy."""
    def note(take):
        FIGURES.append((names, quick, take))
        return take
    return note


class Report:
    """A line per figure: name, value, goal, verdict."""

    def __init__(self, only):
        self.only, self.missed, self.seen = re.compile(only), 0, 0

    def wants(self, names):
        return any(self.only.search(name) for name in names)

    def line(self, name, value, goal, verdict):
        if self.only.search(name):
            print(f"{name:<44} {value:>10}  {goal:<10} {verdict}", flush=True)

    def figure(self, name, value, goal="", target=""):
        """A goal is "<= 14", ">= 4", "== 1", or nothing: then the figure is only told. So is
        a target that is not reached: where we want to be, not where we must be."""
        text = f"{value:.2f}" if isinstance(value, float) else str(value)
        holds = not goal or eval_goal(value, goal)
        if self.only.search(name):
            self.seen += 1
            self.missed += not holds
        verdict = "ok" if holds else "MISSED"
        if holds and target and not eval_goal(value, target):
            verdict += f", but the target is {target}"
        self.line(name, text, goal or "-", verdict)

    def fail(self, name, why):
        if self.only.search(name):
            self.missed += 1
        self.line(name, "-", "-", f"MISSED: {why}")

    def skip(self, name, why):
        self.line(name, "-", "-", f"skipped: {why}")


def eval_goal(value, goal):
    sign, bound = goal.split()
    return {"<=": value <= float(bound), ">=": value >= float(bound),
            "==": value == float(bound)}[sign]


def output(*command, **options):
    """What a command prints."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False, **options)
    if done.returncode:
        print(" ".join(command), done.stdout[-3000:], done.stderr[-3000:], sep="\n", file=sys.stderr)
        raise Failed(f"{os.path.basename(command[0])} exits with {done.returncode}")
    return done.stdout


def build():
    """A release build of its own, of the library and what stands in bench/."""
    output("cmake", "--preset", "release", cwd=ROOT)
    output("cmake", "--build", "--preset", "release", "--target", "orch", "bench", "--parallel", "2",
           cwd=ROOT)


def program(name):
    path = os.path.join(BUILD, "bench", "bench_" + name)
    if not os.path.exists(path):
        raise Skip(f"bench_{name} is not built")
    return path


def versions():
    """What the figures depend on, beside liborch."""
    def first(*command):
        return output(*command).splitlines()[0]

    def package(name):
        return f"{name} {first('pkg-config', '--modversion', name)}"
    header = open(os.path.join(ROOT, "include/orch/version.h"), encoding="utf-8").read()
    valgrind = first("valgrind", "--version") if shutil.which("valgrind") else "no valgrind"
    libc = os.confstr("CS_GNU_LIBC_VERSION") or "unknown libc"
    return ", ".join(["liborch " + re.search(r'ORCH_VERSION "([^"]+)"', header).group(1),
                      first("cc", "--version"), libc, package("libcurl"), package("yajl"),
                      package("libssl"), valgrind, f"{os.cpu_count()} cores"])


class Callgrind:
    """Instructions, which are the same on every machine with the same libraries."""

    def __init__(self, profiles):
        self.profiles = profiles  # folder for callgrind_annotate, or None
        self.count = 0

    def run(self, *command, function=None):
        """Of the whole program, or of what `function` and all it calls take. Also returns
        what the program printed."""
        if not shutil.which("valgrind"):
            raise Skip("valgrind is not installed")
        out = "/dev/null"
        if self.profiles:
            self.count += 1
            out = os.path.join(self.profiles, f"{os.path.basename(command[0])}.{self.count}.callgrind")
        tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out]
        if function:
            tool.append(f"--toggle-collect={function}*")  # compilers clone and rename
        done = subprocess.run([*tool, *command], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False)
        found = re.search(r"Collected : (\d+)", done.stderr)
        if done.returncode or not found:
            print(*tool, *command, done.stderr[-3000:], file=sys.stderr)
            raise Failed(f"{os.path.basename(command[0])} exits with {done.returncode} under valgrind")
        return int(found.group(1)), done.stdout

    def per_call(self, few, many, *command):
        """Start-up cancels out: the difference of two run lengths."""
        short, _ = self.run(*command, str(few))
        long, _ = self.run(*command, str(many))
        return (long - short) / (many - few)


class Server:
    """bench_server, for the length of a `with`. Afterwards `accepts`, `requests` and `targets`
    (of the GETs, in their order) are there."""

    def __init__(self, folder):
        self.bodies = folder
        self.folder = tempfile.mkdtemp(prefix="bench-")
        self.socket = os.path.join(self.folder, "engine.sock")
        self.accepts = self.requests = self.targets = None

    def __enter__(self):
        self.process = subprocess.Popen(
            [program("server"), self.socket, os.path.join(self.folder, "log")], cwd=self.bodies, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()
        if not self.port:
            raise Failed("bench_server did not start")
        return self

    def __exit__(self, *_):
        said, _ = self.process.communicate()
        with open(os.path.join(self.folder, "log"), encoding="ascii") as f:
            self.targets = [line.split()[1] for line in f if line.startswith("GET ")]
        shutil.rmtree(self.folder)
        self.accepts, self.requests = (int(word) for word in said.split())


def grown(*command):
    """Items, and bytes by which the peak of memory grew."""
    words = output(*command).split()
    return int(words[1]), int(words[2]) * 1024


def bodies(name, *numbers, write):
    """The folder that write(folder, *numbers) fills, made again only when a generator changes."""
    digest = hashlib.sha256(repr(numbers).encode())
    for source in sorted(os.listdir(HERE)):
        if source == "folder.py" or source.endswith("_bodies.py"):
            with open(os.path.join(HERE, source), "rb") as f:
                digest.update(f.read())
    key = digest.hexdigest()[:12]
    folder = os.path.join(BUILD, "bench", "data", f"{name}-{key}")
    if not os.path.exists(folder):
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        scratch = tempfile.mkdtemp(dir=os.path.dirname(folder))
        write(scratch, *numbers)
        os.rename(scratch, folder)
    return folder


def rounds(count, **commands):
    """Runs the commands in turn, so that what disturbs the machine disturbs all alike. Returns
    the medians of the numbers that each of them prints."""
    seen = {name: [] for name in commands}
    for _ in range(count):
        for name, command in commands.items():
            seen[name].append([float(word) for word in output(*command).split()])
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in seen.items()}
