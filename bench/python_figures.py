# SPDX-License-Identifier: MIT
"""Figures of the Python package, against the package that Python programs list pods with."""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile

import kube_bodies
import tools
from kube_figures import COUNT, Cluster
from tools import Failed, Skip, figures

HERE = os.path.join(tools.HERE, "python")


def build():
    """The package in the release build, and the interpreter that it is for."""
    tools.output("cmake", "--preset", "release", "-DORCH_PYTHON=AUTO", cwd=tools.ROOT)
    with open(os.path.join(tools.BUILD, "CMakeCache.txt"), encoding="utf-8") as f:
        found = re.search(r"^_Python3_EXECUTABLE:INTERNAL=(.+)$", f.read(), re.M)
    if not found or not shutil.which("swig"):
        raise Skip("SWIG or Python's headers are missing")
    tools.output("cmake", "--build", "--preset", "release", "--target", "orch_python", "--parallel", "2", cwd=tools.ROOT)
    return found[1]


def kubernetes(python):
    """A folder with the package kubernetes and what it needs, kept outside of the checkout."""
    wanted = os.path.join(HERE, "requirements.txt")
    with open(wanted, "rb") as f:
        digest = hashlib.sha256(f.read() + tools.output(python, "-VV").encode()).hexdigest()[:12]
    cache = os.environ.get("ORCH_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "liborch")
    folder = os.path.join(cache, "bench", "python-" + digest)
    if not os.path.exists(folder):
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        with tempfile.TemporaryDirectory(dir=os.path.dirname(folder)) as scratch:
            made = os.path.join(scratch, "made")
            done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--target", made, "-r", wanted],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Skip("kubernetes cannot be installed: " + (done.stderr.strip().splitlines() or ["no words"])[-1])
            os.rename(made, folder)
    return folder


def client(python, name, *arguments):
    path = os.path.join(tools.BUILD, "python") if name in ("orch", "connect") else kubernetes(python) if name == "kubernetes" else ""
    return ["env", "PYTHONPATH=" + path, python, os.path.join(HERE, "client.py"), name, *arguments]


@figures("python_import_of_kubernetes_against_orch", "python_import_of_kubernetes_against_connect",
         "python_kilobytes_of_import", "python_kilobytes_of_connect", quick=False)
def imports(bench):
    python = build()
    names = ("bare", "orch", "connect", "kubernetes")
    for name in names:  # those of the first run compile
        tools.output(*client(python, name, "import"))
    seen = tools.rounds(bench.rounds, **{name: client(python, name, "import") for name in names})
    for name, goal in (("orch", ">= 10"), ("connect", "")):
        bench.report.figure(f"python_import_of_kubernetes_against_{name}", seen["kubernetes"][0] / seen[name][0], goal)
    for name, what in (("orch", "import"), ("connect", "connect")):
        bench.report.figure(f"python_kilobytes_of_{what}", int(seen[name][2] - seen["bare"][2]), "<= 15360")


@figures("python_wall_of_kubernetes_against_instances", "python_peak_kilobytes_of_10000_instances",
         "python_peak_of_kubernetes_against_instances", quick=False)
def lists(bench):
    python = build()
    with Cluster():
        seen = tools.rounds(min(bench.rounds, 3), **{
            name: client(python, name, "instances", "web", "web", str(kube_bodies.PAGE)) for name in ("orch", "kubernetes")})
    for name, columns in seen.items():
        if columns[1] != COUNT:
            raise Failed(f"{name} lists {columns[1]:.0f} of {COUNT} pods")
    bench.report.figure("python_wall_of_kubernetes_against_instances", seen["kubernetes"][3] / seen["orch"][3], ">= 60")
    bench.report.figure("python_peak_kilobytes_of_10000_instances", int(seen["orch"][2]), "<= 61440")
    bench.report.figure("python_peak_of_kubernetes_against_instances", seen["kubernetes"][2] / seen["orch"][2])
