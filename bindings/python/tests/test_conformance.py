# SPDX-License-Identifier: MIT
"""What must hold on every orchestrator, said in Python. ORCH_TEST_URL says which; see world.py."""
import dataclasses
import threading

import pytest
from world import PATIENT, PATIENT_WITH_FAILURES, SERVE, World, at_once, in_order

import orch


@pytest.fixture(scope="module")
def place():
    world = World()
    yield world
    world.close()


@pytest.fixture
def w(place):
    """The world; what a test leaves in it is deleted, and waited for."""
    yield place
    place.sweep()


def require(w, capability):
    level, reason = w.client.capability(capability)
    if level is orch.Level.UNAVAILABLE:
        pytest.skip(f"no {capability.name}: {reason}")


def same_ids(w, name):
    return {i.id for i in w.client.instances.list(name) if i.state is not orch.InstanceState.STOPPING}


# -- deployments ---------------------------------------------------------------


def test_a_spec_comes_back_as_it_was_sent(w):
    spec = w.server(
        "full",
        args=("one", "two words"),
        env={"A": "1", "EMPTY": "", "TEXT": "a=b"},
        labels={"team": "core", "example.com/tier": "1"},
        working_dir="/tmp",
        replicas=0,
        cpu_request_milli=50,
        cpu_limit_milli=100,
        memory_request_bytes=2**24,
        memory_limit_bytes=2**25,
        health=orch.HealthSpec(command=("true",), interval_ms=5000, timeout_ms=2000, retries=3),
        constraints=(orch.Constraint(key="kubernetes.io/os", op=orch.ConstraintOp.EQUAL, value="linux"),),
    )
    made = w.client.deployments.apply(spec)
    assert made.spec == spec == w.client.deployments.get("full").spec
    assert made.namespace == w.ns and made.id and made.version


def test_what_is_unchanged_is_not_written(w):
    made = w.up("web", 1)
    again = w.client.deployments.apply(made.spec)
    assert (again.version, again.updated_ms) == (made.version, made.updated_ms)


def test_read_change_apply(w):
    made = w.up("web", 1)
    changed = w.client.deployments.apply(dataclasses.replace(made.spec, image=w.image2), wait=PATIENT)
    assert changed.spec == dataclasses.replace(made.spec, image=w.image2) and changed.version != made.version
    assert {i.image for i in w.client.instances.list("web")} >= {w.image2}


def test_a_wait_ends_when_all_is_ready(w):
    seen = []
    done = w.client.deployments.apply(w.server("web", replicas=2), wait=PATIENT, progress=seen.append)
    assert done.state is orch.DeploymentState.COMPLETE and done.message == ""
    assert (done.desired, done.ready, done.updated, done.total) == (2, 2, 2, 2)
    assert seen and seen[-1].ready == 2


def test_scaling_changes_the_number_alone(w):
    require(w, orch.Capability.DEPLOYMENT_SCALE)
    made = w.up("web", 1)
    scaled = w.client.deployments.scale("web", 3, wait=PATIENT)
    assert scaled.spec == dataclasses.replace(made.spec, replicas=3) and scaled.ready == 3
    assert w.client.deployments.scale("web", 0, wait=PATIENT).total == 0


def test_a_restart_replaces_every_instance(w):
    made = w.up("web", 2)
    before = same_ids(w, "web")
    restarted = w.client.deployments.restart("web", wait=PATIENT)
    assert restarted.spec == made.spec and not before & same_ids(w, "web")


def test_a_deletion_waits_for_the_last_instance(w):
    w.up("web", 1)
    w.client.deployments.delete("web", wait=PATIENT)
    with pytest.raises(orch.NotFound):
        w.client.deployments.get("web")
    with pytest.raises(orch.NotFound):
        w.client.instances.list("web")


def test_what_is_not_there_is_not_found(w):
    d = w.client.deployments
    for call in (d.get, d.restart, d.delete, d.wait, lambda name: d.scale(name, 1), w.client.instances.list):
        with pytest.raises(orch.NotFound, match="ghost") as caught:
            call("ghost")
        assert caught.value.outcome in (orch.Outcome.NOT_SENT, orch.Outcome.NOT_APPLIED)


@pytest.mark.parametrize("members", [
    dict(name="Web"), dict(name=""), dict(name="a" * 64), dict(image=""), dict(replicas=-1), dict(working_dir="tmp"),
    dict(env={"": "x"}), dict(env={"A=B": "x"}), dict(labels={"orch.io/x": "y"}), dict(memory_limit_bytes=1),
    dict(health=orch.HealthSpec(command=())), dict(stop_grace_ms=-1),
])
def test_what_cannot_be_is_invalid_and_never_sent(w, members):
    with pytest.raises(orch.InvalidArgument) as caught:
        w.client.deployments.apply(w.server("web"), **members)
    assert caught.value.outcome is orch.Outcome.NOT_SENT
    assert len(w.client.deployments.list()) == 0


def test_an_old_version_is_a_conflict(w):
    old = w.client.deployments.apply(w.server("web", replicas=0))
    new = w.client.deployments.scale("web", 1)
    for change in (
        lambda v: w.client.deployments.apply(old.spec, version=v),
        lambda v: w.client.deployments.scale("web", 2, version=v),
        lambda v: w.client.deployments.restart("web", version=v),
        lambda v: w.client.deployments.delete("web", version=v),
    ):
        with pytest.raises(orch.Conflict, match="web"):
            change(old.version)
    assert w.client.deployments.get("web").spec.replicas == 1 and new.spec.replicas == 1


def test_lists_are_sorted_selected_and_read_one_by_one(w):
    for name, team in (("c", "x"), ("a", "x"), ("b", "y")):
        w.client.deployments.apply(w.server(name, replicas=0, labels={"team": team}))
    assert [d.spec.name for d in w.client.deployments.list()] == ["a", "b", "c"]
    assert [d.spec.name for d in w.client.deployments.list(selector="team=x")] == ["a", "c"]
    assert [d.spec.name for d in w.client.deployments.list(selector="team in (y,z)")] == ["b"]
    assert sorted(d.spec.name for d in w.client.deployments) == ["a", "b", "c"]
    assert {d.namespace for d in w.client.deployments.list(all_namespaces=True)} >= {w.ns, f"{w.ns}-clock"}
    with w.client.deployments.iter() as cursor:
        assert next(cursor).spec.name in "abc"
    with pytest.raises(orch.InvalidArgument):
        w.client.deployments.list(selector="team in (x")


# -- instances -----------------------------------------------------------------


def test_instances_say_what_they_are(w):
    w.up("web", 2)
    instances = w.client.instances.list("web")
    assert len(instances) == 2 and in_order(i.name for i in instances)
    for i in instances:
        assert i.ready and i.updated and i.state is orch.InstanceState.RUNNING and i.cause is orch.Cause.NONE
        assert i.deployment == "web" and i.node and i.id


@pytest.mark.parametrize("members, cause", [
    (dict(image="registry.invalid/nothing:1"), orch.Cause.IMAGE),
    (dict(command=("sh", "-c", "sleep 0.2; exit 3")), orch.Cause.CRASH),
])
def test_a_rollout_that_fails_says_why(w, members, cause):
    spec = dataclasses.replace(w.server("web"), **members)
    with pytest.raises(orch.RolloutFailed, match="web") as caught:
        w.client.deployments.apply(spec, wait=PATIENT_WITH_FAILURES)
    assert orch.Cause[caught.value.reason] is cause and caught.value.outcome is orch.Outcome.APPLIED
    assert w.client.deployments.get("web")


def test_a_wait_that_takes_too_long_says_what_it_waits_for(w):
    w.stuck()
    with pytest.raises(TimeoutError, match="stuck"):
        w.client.deployments.wait("stuck", timeout=1, stall=100)


# -- namespaces ----------------------------------------------------------------


def test_namespaces_keep_names_apart(w):
    w.client.deployments.apply(w.server("web", replicas=0))
    with pytest.raises(orch.NotFound):
        w.other.deployments.get("web")
    mine = w.other.deployments.apply(w.server("web", replicas=0, labels={"of": "other"}))
    assert mine.namespace == f"{w.ns}-b" and w.client.deployments.get("web").spec.labels is None
    w.other.deployments.delete("web", wait=PATIENT)
    assert w.client.deployments.get("web")


def test_namespaces_are_listed_made_and_deleted(w):
    require(w, orch.Capability.NAMESPACE_LIST)
    w.other.deployments.apply(w.server("web", replicas=0))
    w.other.namespaces.apply()
    names = [n.name for n in w.client.namespaces.list()]
    assert {"default", w.ns + "-b"} <= set(names) and in_order(names)
    w.other.namespaces.delete(wait=PATIENT)
    assert w.ns + "-b" not in {n.name for n in w.client.namespaces.list()}
    with pytest.raises(orch.NotFound):
        w.other.deployments.get("web")
    with pytest.raises(orch.InvalidArgument, match="default"):
        w.client.in_namespace("default").namespaces.delete()


# -- clients, capabilities, cancelling, races ------------------------------------


def test_a_client_says_what_it_is_connected_to(w):
    info = w.client.info()
    assert info.namespace == w.client.namespace == w.ns and info.endpoint and info.server_version
    assert w.client.with_timeout(20).info().backend == info.backend


def test_unavailable_is_refused_and_all_else_is_done(w):
    for capability in orch.Capability:
        level, reason = w.client.capability(capability)
        assert (level is orch.Level.NATIVE) == (reason == "")
    if w.client.can(orch.Capability.RESTART_CONDITION):
        restart = orch.RestartSpec(condition=orch.RestartCondition.NONE)
        assert w.client.deployments.apply(w.server("web", replicas=0, restart=restart)).spec.restart == restart
    else:
        with pytest.raises(orch.Unsupported):
            w.client.deployments.apply(w.server("web", restart=orch.RestartSpec(condition=orch.RestartCondition.NONE)))
        assert len(w.client.deployments.list()) == 0


def test_an_exception_in_a_callback_leaves_the_deployment_alone(w):
    def fail(deployment):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        w.client.deployments.apply(w.server("web"), wait=PATIENT, progress=fail)
    assert w.client.deployments.wait("web", timeout=120, settle=0.3).ready == 1


def test_a_cancel_ends_the_calls_of_a_view(w):
    w.stuck()
    view, began, ended = w.connect(), threading.Event(), []

    def wait():
        with pytest.raises(orch.Cancelled):
            view.deployments.wait("stuck", timeout=1e12, stall=1e12, progress=lambda d: began.set())
        ended.append(True)

    thread = threading.Thread(target=wait)
    thread.start()
    began.wait()
    view.cancel()
    thread.join()
    assert ended and view.deployments.get("stuck")
    view.close()


def test_of_those_who_create_at_once_all_get_the_same(w):
    made = at_once([lambda: w.client.deployments.apply(w.server("web", replicas=0)) for _ in range(4)])
    assert [type(d) for d in made] == [orch.Deployment] * 4 and len({d.id for d in made}) == 1


def test_changes_at_once_are_all_made(w):
    """Each of its own version: the intent is applied to what the others wrote."""
    w.client.deployments.apply(w.server("web", replicas=0))
    changes = [
        lambda: w.client.deployments.scale("web", 1),
        lambda: w.client.deployments.apply(w.server("web", labels={"a": "b"})),
        lambda: w.client.deployments.scale("web", 1),
    ]
    assert not [e for e in at_once(changes) if isinstance(e, Exception)]
    now = w.client.deployments.get("web")
    assert now.spec.replicas == 1 and now.spec.labels == {"a": "b"} and now.spec.command == SERVE


def test_of_those_who_expect_a_version_one_wins(w):
    made = w.client.deployments.apply(w.server("web", replicas=0))
    results = at_once([
        lambda i=i: w.client.deployments.apply(made.spec, labels={"winner": str(i)}, version=made.version) for i in range(4)])
    won = [r for r in results if isinstance(r, orch.Deployment)]
    assert len(won) == 1 and all(isinstance(r, (orch.Deployment, orch.Conflict)) for r in results)
    assert w.client.deployments.get("web").spec.labels == won[0].spec.labels
