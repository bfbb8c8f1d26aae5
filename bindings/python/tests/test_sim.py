# SPDX-License-Identifier: MIT
"""orch.sim and the fixtures of orch.testing, as users have them."""
import pytest

import orch
import orch.sim

pytest_plugins = ["orch.testing"]


def test_time_passes_when_it_is_told_to(orch_sim, orch_client):
    orch_client.deployments.apply(name="web", image="x", replicas=3)
    began = orch_sim.now
    orch_sim.advance(60)
    assert orch_sim.now - began >= 60 and orch_client.deployments.get("web").ready == 3


def test_the_same_seed_makes_the_same_run():
    def ready_at(seed):
        with orch.sim.Simulator(seed=seed) as world, world.connect() as client:
            client.deployments.apply(name="web", image="x", replicas=5, wait=True)
            return world.now

    assert ready_at(1) == ready_at(1)
    assert len({ready_at(seed) for seed in range(5)}) > 1


def test_nodes_come_fail_and_recover(orch_sim, orch_client):
    orch_sim.node("big", cpu_milli=64000, memory_bytes=2**36, labels={"disk": "ssd"})
    on_ssd = [orch.Constraint(key="disk", op=orch.ConstraintOp.EQUAL, value="ssd")]
    orch_client.deployments.apply(name="web", image="x", constraints=on_ssd, wait=True)
    assert orch_client.instances.list("web")[0].node == "big"
    orch_sim.fail_node("big")
    orch_sim.advance(30)
    assert orch.InstanceState.UNKNOWN in {i.state for i in orch_client.instances.list("web")}
    orch_sim.recover_node("big")
    assert orch_client.deployments.wait("web").ready == 1
    with pytest.raises(orch.NotFound, match="nowhere"):
        orch_sim.fail_node("nowhere")


def test_images_behave_as_they_are_told(orch_sim, orch_client):
    orch_sim.image("crash:1", crash_after=1, exit_code=7)
    with pytest.raises(orch.RolloutFailed):
        orch_client.deployments.apply(name="web", image="crash:1", wait=orch.Wait(settle=5))
    assert orch_client.instances.list("web")[0].exit_code == 7
    orch_sim.image("slow:1", pull=100, start=1)
    began = orch_sim.now
    orch_client.deployments.apply(name="slow", image="slow:1", wait=True)
    assert orch_sim.now - began > 100


def test_faults_are_counted(orch_sim, orch_client):
    orch_client.deployments.apply(name="web", image="x")
    orch_sim.fault(orch.Timeout, operation="deployment.get", skip=1, times=2)
    assert orch_client.deployments.get("web")
    for _ in range(2):
        with pytest.raises(TimeoutError):
            orch_client.deployments.get("web")
    assert orch_client.deployments.get("web")
    assert orch_sim.writes == 1 and orch_sim.operations > 3


def test_a_world_lives_as_long_as_somebody_holds_it(orch_client):
    orch_client.deployments.apply(name="web", image="x")
    with orch.sim.of_client(orch_client) as world:
        again = world.connect()
    assert again.deployments.get("web")
    again.close()


def test_only_simulators_have_another_side():
    with orch.connect("swarm://127.0.0.1:1") as client, pytest.raises(orch.Unsupported):
        orch.sim.of_client(client)
