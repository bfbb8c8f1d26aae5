# SPDX-License-Identifier: MIT
"""Nothing is left behind, however often."""
import gc
import resource
import sys

import pytest

import orch
import orch.sim


def resident():
    """KiB of memory in use now."""
    gc.collect()
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize() // 1024


def grows_by(body, times):
    """KiB that `times` rounds add once the first tenth has warmed up."""
    for _ in range(times // 10):
        body()
    before = resident()
    for _ in range(times):
        body()
    return resident() - before


def test_ten_thousand_clients(client):
    def body():
        with orch.connect("sim://", namespace="prod", trace=print) as opened, opened.in_namespace("other"):
            pass

    assert grows_by(body, 10000) < 1024


def test_results_cursors_and_errors(client):
    client.deployments.apply(name="web", image="x", env={"A": "b" * 1000}, health=orch.HealthSpec(command=["true"]))

    def body():
        client.deployments.get("web")
        client.deployments.list()[0]
        next(client.deployments.iter())
        client.instances.list("web")
        client.info()
        with pytest.raises(orch.NotFound):
            client.deployments.get("ghost")
        with pytest.raises(OverflowError):
            client.deployments.scale("web", 2**63)
        with pytest.raises(ValueError):
            client.deployments.apply(name="web", image="x", env={"A": "b", "B": "\0"})

    none = sys.getrefcount(None)
    assert grows_by(body, 2000) < 1024
    assert abs(sys.getrefcount(None) - none) < 1000


def test_callbacks_that_return_and_that_raise(client):
    client.deployments.apply(name="web", image="x", wait=True)

    def fail(deployment):
        raise KeyError(deployment)

    def body():
        client.deployments.wait("web", progress=lambda d: [d])
        with pytest.raises(KeyError):
            client.deployments.wait("web", progress=fail)

    assert grows_by(body, 500) < 1024


def test_simulators(client):
    def body():
        with orch.sim.Simulator() as world, world.connect() as own:
            own.deployments.apply(name="web", image="x", wait=True)

    assert grows_by(body, 300) < 1024


def test_the_package_is_small():
    """Below 15 MB above the bare interpreter."""
    import subprocess

    program = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    bare, loaded = (int(subprocess.run([sys.executable, "-c", text], capture_output=True, check=True).stdout)
                    for text in (program, "import orch; " + program))
    assert loaded - bare < 15 * 1024
