# SPDX-License-Identifier: MIT
"""What is kept between two calls, in /var/lib/liborch-swarm/NAME."""
import contextlib
import fcntl
import json
import os
import shutil

BASE = "/var/lib/liborch-swarm"  # not under /run (hidden inside a node) nor /tmp (tests bind-mount from there)
MADE = BASE + "/.made"


def folder_of(name):
    return "%s/%s" % (BASE, name)


def load(name):
    try:
        with open(folder_of(name) + "/cluster.json") as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


def save(state):
    path = folder_of(state["name"]) + "/cluster.json"
    with open(path + ".new", "w") as f:
        json.dump(state, f, indent=1)
    os.rename(path + ".new", path)


def clusters():
    """Names of the clusters that are up or being started."""
    return [name for name in os.listdir(BASE) if os.path.isdir(folder_of(name))]


def remove_data(name):
    """Whether nothing is left of it."""
    shutil.rmtree(folder_of(name), ignore_errors=True)
    return not os.path.exists(folder_of(name))


def ensure_dir(path, note=False):
    """makedirs; what it made is noted on request, so that the last `down` can take exactly that away."""
    if os.path.isdir(path):
        return
    ensure_dir(os.path.dirname(path), note)
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o755)
        if note:
            with open(MADE, "a") as f:
                f.write(path + "\n")


def remove_made():
    """Not while another cluster is up: removing a folder takes away what is mounted on it in that one's nodes."""
    with locked("_subnet"):  # no cluster can appear meanwhile
        if clusters():
            return
        with contextlib.suppress(FileNotFoundError):
            with open(MADE) as f:
                for path in reversed(f.read().splitlines()):
                    with contextlib.suppress(OSError):
                        os.rmdir(path)
            os.unlink(MADE)


@contextlib.contextmanager
def locked(name):
    """One process at a time per cluster. The lock file goes away with the cluster."""
    path = "%s/.%s.lock" % (BASE, name)
    f = take(path)
    try:
        yield
    finally:
        if not os.path.exists(folder_of(name)):
            os.unlink(path)
            with contextlib.suppress(OSError):
                os.rmdir(BASE)
        f.close()


def take(path):
    while True:
        with contextlib.suppress(FileNotFoundError):
            ensure_dir(BASE)
            f = open(path, "w")
            fcntl.flock(f, fcntl.LOCK_EX)
            if os.path.exists(path) and os.stat(path).st_ino == os.fstat(f.fileno()).st_ino:
                return f
            f.close()  # its last owner took it away while we waited
