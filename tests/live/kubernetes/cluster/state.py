# SPDX-License-Identifier: MIT
"""What is kept between two calls, in /var/lib/liborch-kubernetes/NAME."""
import contextlib
import json
import os
import shutil
import socket
import time

BASE = "/var/lib/liborch-kubernetes"


def folder_of(name):
    return "%s/%s" % (BASE, name)


def load(name):
    try:
        with open(folder_of(name) + "/cluster.json") as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


def save(state):
    write(folder_of(state["name"]) + "/cluster.json.new", json.dumps(state, indent=1))
    os.rename(folder_of(state["name"]) + "/cluster.json.new", folder_of(state["name"]) + "/cluster.json")


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as f:
        f.write(text)


def clusters():
    """Names of the clusters that are up or being started."""
    return os.listdir(BASE) if os.path.isdir(BASE) else []


def remove_data(name):
    """Whether nothing is left of it."""
    shutil.rmtree(folder_of(name), ignore_errors=True)
    with contextlib.suppress(OSError):
        os.rmdir(BASE)
    return not os.path.exists(folder_of(name))


def control_plane(state):
    return state["nodes"][0]


def workers(state):
    return state["nodes"][1:]


@contextlib.contextmanager
def locked(name):
    """One process at a time per cluster. An abstract socket address is the lock: it cannot be left behind."""
    with socket.socket(socket.AF_UNIX) as s:
        while True:
            try:
                s.bind("\0liborch-kubernetes/" + name)
                break
            except OSError:
                time.sleep(0.1)
        yield
