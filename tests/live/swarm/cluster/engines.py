# SPDX-License-Identifier: MIT
"""Which dockerd a node runs."""
import os
import subprocess
from shared.base import PATHS, Fail


BUILDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "engine")
BUILT = ("26", "28", "29", "29.0")


def resolve(text):
    """A name known to the script `engine` becomes its folder (which is built if need be), a path an absolute one."""
    if text == "host":
        return text
    if text in BUILT and not os.path.exists(text):
        done = subprocess.run([BUILDER, text], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise Fail("engine %s cannot be built" % text)
        return done.stdout.strip()
    return os.path.realpath(text)


def locate(engine):
    """{"root", "path"}: the root file system of the node, and the folder to put in front of PATH."""
    if engine == "host":
        return {"root": "/", "path": ""} if dockerd_below("") else missing("this machine: install docker.io")
    if os.path.isfile(engine) and os.access(engine, os.X_OK):
        return {"root": "/", "path": os.path.dirname(engine)}
    if os.access(engine + "/dockerd", os.X_OK):
        return {"root": "/", "path": engine}
    if dockerd_below(engine):
        return {"root": engine, "path": ""}
    return missing(engine)


def dockerd_below(root):
    return any(os.access(root + folder + "/dockerd", os.X_OK) for folder in PATHS.split(":"))


def missing(where):
    raise Fail("no dockerd in %s" % where)
