# SPDX-License-Identifier: MIT
"""The package is typed, and users' programs are checked by its types."""
import os
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("mypy"), reason="mypy is not installed")

RIGHT = """
import dataclasses
import orch, orch.aio, orch.sim

async def later(c: orch.Client) -> int:
    web = await orch.aio.call(c.deployments.scale, "web", 5, wait=True)
    return web.ready

with orch.connect("sim://", timeout=3) as c:
    web = c.deployments.apply(name="web", image="nginx:1.27", replicas=3, wait=orch.Wait(timeout=60), progress=print)
    c.deployments.apply(dataclasses.replace(web.spec, image="x"))
    names: list[str] = [d.spec.name for d in c.deployments.list()]
    state: orch.DeploymentState = web.state
    reason: orch.Cause = c.instances.list("web")[0].cause
"""
WRONG = """
import orch
with orch.connect("sim://") as c:
    c.deployments.apply(name="web", image=3)
    c.deployments.scale("web", "3")
    c.deployments.get("web").spec.colour
    c.deployments.list()[0].spec.replicas + 1
"""


def mypy(tmp_path, package, *arguments):
    return subprocess.run(
        ["mypy", "--strict", "--python-version", "3.10", "--cache-dir", tmp_path / "cache", *arguments],
        cwd=tmp_path, env=dict(os.environ, MYPYPATH=package), capture_output=True, text=True)


def test_the_package_and_its_users(tmp_path, root):
    package = os.path.join(root, "bindings", "python", "src")
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    run = mypy(tmp_path, package, "-p", "orch", "-m", "right")
    assert run.returncode == 0, run.stdout
    run = mypy(tmp_path, package, "-m", "wrong")
    assert [int(line.split(":")[1]) for line in run.stdout.splitlines() if ": error:" in line] == [4, 5, 6, 7], run.stdout
