# SPDX-License-Identifier: MIT
"""The first process of a node.

It starts dockerd, reaps what dockerd leaves behind, and is all that `down` has to kill: the kernel then ends every process
of its PID namespace, and with the last one the node's mounts and network go too. SIGHUP tells it to start dockerd again.
"""
import contextlib
import os
import signal
import socket
import time

from shared.base import PATHS, run
from shared.namespaces import BIND, MOVE, NODEV, NOEXEC, NOSUID, PRIVATE, REC, mount
from .state import BASE

MASKED = ("etc/docker", "opt/containerd", "var/lib/docker")  # dockerd writes there whatever its options say
APPARMOR = "sys/kernel/security"                             # hidden: no profile is loaded into the machine's kernel


def main(node):
    log = open_log(node)
    socket.sethostname(node["name"])
    mount_all(node)
    bring_link_up(node)
    if node["root"] != "/":
        move_root(node["root"])
    keep_dockerd(node, log)


def open_log(node):
    log = os.open(node["dir"] + "/node.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open("/dev/null", os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    return log


def bring_link_up(node):
    for line in ("link set lo up", "addr add %s/24 dev eth0" % node["ip"], "link set eth0 up"):
        run("ip", *line.split())
    with contextlib.suppress(OSError), open("/proc/sys/net/ipv4/icmp_ratelimit", "w") as f:
        f.write("0")  # every look-up of a container is refused at once, not one per second


def mount_all(node):
    root = node["root"]
    mount("none", "/", flags=REC | PRIVATE)
    if root != "/":
        mount(root, root, flags=BIND)  # loading images and runc pivot, which needs a root that is a mount point
        mount("/sys", root + "/sys", flags=BIND | REC)
        mount("/dev", root + "/dev", flags=BIND | REC)
        mount("tmpfs", root + BASE, "tmpfs", NOSUID | NODEV, "mode=755")
        os.makedirs(root + node["dir"])
        mount(node["dir"], root + node["dir"], flags=BIND)
    at = root.rstrip("/") + "/"
    for folder in {"/proc", at + "proc"}:
        mount("proc", folder, "proc", NOSUID | NODEV | NOEXEC)
    resolv = behind_link(at, "etc/resolv.conf")
    for name in ("run",) + MASKED + (APPARMOR,):
        if os.path.isdir(at + name):
            mount("tmpfs", at + name, "tmpfs", NOSUID | NODEV, "mode=755")
    mount_resolv(node, at, resolv)


def behind_link(at, name):
    """The file that at + name is a link to, inside the root file system `at`."""
    path = at + name
    if not os.path.islink(path):
        return path
    path = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    return path if path.startswith(at) else at + path.lstrip("/")


def mount_resolv(node, at, resolv):
    if resolv.startswith(at + "run/"):  # hidden by our tmpfs just now
        os.makedirs(os.path.dirname(resolv), exist_ok=True)
        open(resolv, "w").close()
    if os.path.exists(resolv):
        mount(node["dir"] + "/resolv.conf", resolv, flags=BIND)


def move_root(root):
    """A chroot would not do: exec and health checks enter a container's mount namespace at its real root."""
    os.chdir(root)
    mount(root, "/", flags=MOVE)
    os.chroot(".")
    os.chdir("/")


def keep_dockerd(node, log):
    """Starts dockerd, again on SIGHUP unless it runs, and reaps for ever."""
    current = [0]

    def start(*_):
        if current[0] and os.waitpid(current[0], os.WNOHANG) == (0, 0):
            return
        current[0] = start_dockerd(node, log)

    signal.signal(signal.SIGHUP, start)
    start()
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            time.sleep(0.1)
            continue
        if pid == current[0]:
            current[0] = 0
            os.write(2, b"dockerd ended, wait status %d\n" % status)


def start_dockerd(node, log):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(node["dir"] + "/dockerd.pid")  # of a dockerd that was killed
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.chdir("/")
        os.dup2(log, 1)
        os.dup2(log, 2)
        path = node["path"] + ":" + PATHS if node["path"] else PATHS
        os.execvpe("dockerd", node["argv"], {"PATH": path, "HOME": "/root"})
    except OSError as error:
        os.write(2, ("dockerd: %s\n" % error).encode())
    os._exit(127)


def dockerd_options(node, cgroup, tls, port):
    """Where this node's dockerd keeps its things and listens; one of its own in everything."""
    folder = node["dir"]
    argv = ["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec",
            "--pidfile", folder + "/dockerd.pid", "-H", node["unix"], "-H", "tcp://%s:%d" % (node["ip"], port),
            "--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", cgroup]
    if not tls:
        return argv + ["--tls=false"]
    return argv + ["--tlsverify", "--tlscacert", folder + "/ca.pem", "--tlscert", folder + "/cert.pem",
                   "--tlskey", folder + "/key.pem"]
