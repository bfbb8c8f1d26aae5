# SPDX-License-Identifier: MIT
"""The control groups below which the nodes of a cluster live, in both versions of them."""
import contextlib
import os


def mounts():
    with open("/proc/self/mountinfo") as f:
        return sorted({line.split()[4] for line in f if line.rpartition(" - ")[2].split()[0] in ("cgroup", "cgroup2")})


def remove(path):
    """path: /TOP/CLUSTER, or something below it. Whether nothing is left of it; TOP goes with the last cluster."""
    clean = True
    for top in mounts():
        for folder, _, _ in os.walk(top + path, topdown=False):
            try:
                os.rmdir(folder)
            except FileNotFoundError:
                pass
            except OSError:
                clean = False
        with contextlib.suppress(OSError):
            os.rmdir("%s/%s" % (top, path.split("/")[1]))
    return clean
