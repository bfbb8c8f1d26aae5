# SPDX-License-Identifier: MIT
"""Processes by pid and start time: a pid alone may belong to another process by now."""
import contextlib
import os


def stat_of(pid):
    """(state letter, parent, start time) of a process, or None."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            field = f.read().rpartition(")")[2].split()
        return field[0], int(field[1]), int(field[19])
    except (OSError, IndexError, ValueError):
        return None


def identify(pid):
    """What is kept of a process so that `alive` can tell it from a later one."""
    now = stat_of(pid)
    return {"pid": pid, "start": now[2] if now else 0}


def alive(proc):
    now = stat_of(proc["pid"]) if proc else None
    return bool(now and now[2] == proc["start"] and now[0] not in "ZX")


def child_called(parent, name):
    """(pid, state letter) of the child of that name, or (None, "")."""
    if not alive(parent):
        return None, ""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        now = stat_of(int(pid))
        if now and now[1] == parent["pid"] and now[0] not in "ZX":
            with contextlib.suppress(OSError), open("/proc/%s/comm" % pid) as f:
                if f.read().strip() == name:
                    return int(pid), now[0]
    return None, ""
