# SPDX-License-Identifier: MIT
"""Linux namespaces and mounts through the C library."""
import ctypes
import os

from .base import Fail
from .process import identify

NEWNS, NEWUTS, NEWPID, NEWNET = 0x20000, 0x4000000, 0x20000000, 0x40000000
NOSUID, NODEV, NOEXEC, BIND, MOVE, REC, PRIVATE, SHARED = 2, 4, 8, 0x1000, 0x2000, 0x4000, 0x40000, 0x100000
libc = ctypes.CDLL(None, use_errno=True)


def check(result, what):
    if result:
        code = ctypes.get_errno()
        raise OSError(code, "%s: %s" % (what, os.strerror(code)))


def unshare(flags):
    check(libc.unshare(flags), "unshare")


def mount(source, target, kind="none", flags=0, data=""):
    check(libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()),
          "mount %s on %s" % (source, target))


def spawn(flags, main, *args):
    """Runs main in new namespaces, as an orphan that outlives this program.

    Returns who it is and the end of a pipe: main starts when a byte is written to it, and never when it is closed without
    one, so nothing is left when this program dies in between.
    """
    go_read, go_write = os.pipe()
    pid_read, pid_write = os.pipe()
    middle = os.fork()
    if middle == 0:
        _fork_and_tell(flags, go_read, pid_write, main, args)
    os.close(go_read)
    os.close(pid_write)
    os.waitpid(middle, 0)
    with os.fdopen(pid_read) as f:
        pid = int(f.read() or 0)
    if not pid:
        os.close(go_write)
        raise Fail("cannot create namespaces")
    return identify(pid), go_write


def _fork_and_tell(flags, go_read, pid_write, main, args):
    """The process in the middle. It and its child never return to the code of the caller."""
    code = 1
    try:
        os.setsid()
        unshare(flags)
        child = os.fork()
        if child:
            os.write(pid_write, str(child).encode())
            code = 0
        else:
            _wait_and_run(go_read, main, args)
    except BaseException as error:
        os.write(2, ("node: %r\n" % error).encode())
    os._exit(code)


def _wait_and_run(go_read, main, args):
    os.dup2(go_read, 3)
    os.closerange(4, 4096)  # the locks of the caller among them
    if os.read(3, 1):
        os.close(3)
        main(*args)


def inside(node, *argv):
    """The command line that runs argv in the namespaces of a node."""
    return ["nsenter", "-t", str(node["init"]["pid"]), "-m", "-u", "-n", "-p", "--", *argv]
