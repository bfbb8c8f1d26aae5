# SPDX-License-Identifier: MIT
"""Which Kubernetes the nodes run."""
import os
import re
import subprocess

from shared.base import Fail

BUILDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build-kubernetes")


def resolve(version, folder):
    """(full version, folder of the programs); they are built if need be, unless the folder is given."""
    if not folder:
        done = subprocess.run([BUILDER, version], stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise Fail("Kubernetes %s cannot be built" % version)
        folder = done.stdout.strip()
    folder = os.path.realpath(folder)
    if not os.access(folder + "/cluster", os.X_OK):
        raise Fail("no program %s/cluster: build-kubernetes makes such a folder" % folder)
    told = subprocess.run([folder + "/kubelet", "--version"], stdout=subprocess.PIPE, text=True).stdout
    return re.sub(r"^Kubernetes v", "", told.strip()), folder
