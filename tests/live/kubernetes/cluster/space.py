# SPDX-License-Identifier: MIT
"""The first process of a node, or of the control plane: one PID, mount, UTS and network namespace each.

It starts the programs of the node, reaps what they leave behind, and is all that `down` has to kill: the kernel then ends
every process of its PID namespace, containers included, and with the last one the node's mounts and network go too. SIGHUP
tells it to start the programs that do not run.
"""
import contextlib
import http.client
import os
import signal
import socket
import ssl
import stat
import time

from shared.base import PATHS, run
from shared.namespaces import BIND, NODEV, NOEXEC, NOSUID, PRIVATE, REC, SHARED, mount

PROGRAMS = "/run/kube"  # where the node sees the folder that build-kubernetes made
# What a kubelet insists on. These belong to the whole machine: it gets files of its own to write to instead.
SHADOWED = {"vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10", "kernel/panic_on_oops": "1",
            "kernel/keys/root_maxkeys": "1000000", "kernel/keys/root_maxbytes": "25000000"}


def main(node):
    redirect_output(node)
    os.umask(0o022)
    socket.sethostname(node["name"])
    mount_all(node)
    for line in node["network"]:
        run(*line.split())
    for line in node["attempts"]:  # what some kernels lack and most clusters can do without
        run(*line.split(), check=False)
    keep_programs(node)


def redirect_output(node):
    log = os.open(node["dir"] + "/log/init.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open("/dev/null", os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)


def mount_all(node):
    """A node has its own /run, /var/lib and /var/log: programs use their standard paths, and leave nothing in the machine's."""
    here = node["dir"]
    mount("none", "/", flags=REC | PRIVATE)
    mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)
    mount("tmpfs", here + "/run", "tmpfs", NOSUID | NODEV, "mode=755")
    os.makedirs(here + PROGRAMS)
    mount(node["bin"], here + PROGRAMS, flags=BIND)
    for name in SHADOWED if node["role"] == "worker" else ():
        mount("%s/lib/sysctl/%s" % (here, name), "/proc/sys/" + name, flags=BIND)
    mount_resolv(here)
    mount(here + "/run", "/run", flags=BIND | REC)
    mount(here + "/log", "/var/log", flags=BIND)
    mount(here + "/lib", "/var/lib", flags=BIND)  # last: it hides `here`
    mount("none", "/", flags=REC | SHARED)        # a peer group of this node alone; volumes need it


def mount_resolv(here):
    path = os.path.realpath("/etc/resolv.conf")
    if path.startswith("/run/"):  # about to be hidden
        os.makedirs(os.path.dirname(here + path), exist_ok=True)
        open(here + path, "w").close()
        mount(here + "/lib/resolv.conf", here + path, flags=BIND)
    elif os.path.exists(path):
        mount(here + "/lib/resolv.conf", path, flags=BIND)


def keep_programs(node):
    """Starts them, again on SIGHUP those that do not run, and reaps for ever."""
    running = {}

    def start(*_):
        for program in node["programs"]:
            if program["name"] not in running.values():
                running[launch(program)] = program["name"]

    signal.signal(signal.SIGHUP, start)
    start()
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            time.sleep(0.1)
            continue
        name = running.pop(pid, None)
        if name:
            os.write(2, ("%s ended, wait status %d\n" % (name, status)).encode())


def launch(program):
    """The order of starting does not matter: each waits for what it needs before it becomes the program."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        log = os.open("/var/log/%s.log" % program["name"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        while not all(map(met, program["needs"])):
            time.sleep(0.1)
        os.chdir("/")
        os.execvpe(program["file"], program["argv"], {"PATH": PATHS, "HOME": "/root"})
    except BaseException as error:  # this process must never go on as a second first process
        os.write(2, ("%s: %r\n" % (program["name"], error)).encode())
    os._exit(127)


def met(need):
    """A need is the https address of a /readyz, or a path: a file that exists, a socket that accepts."""
    try:
        if need.startswith("https:"):
            return ready(*need[len("https://"):].split("/", 1))
        if stat.S_ISSOCK(os.stat(need).st_mode):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(need)
        return True
    except (OSError, http.client.HTTPException):
        return False


def ready(host, path):
    """Whoever it is that answers: all that is asked is whether it is up."""
    link = http.client.HTTPSConnection(host, timeout=5, context=ssl._create_unverified_context())
    with contextlib.closing(link):
        link.request("GET", "/" + path)
        return link.getresponse().status == 200
