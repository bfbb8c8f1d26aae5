# SPDX-License-Identifier: MIT
"""Values: what goes in comes out, and what cannot go in is refused by name."""
import dataclasses
import gc
import pickle
import threading

import pytest

import orch
from orch import core

FULL = orch.DeploymentSpec(
    name="api",
    image="api:1",
    command=["sh", "-c"],
    args=["sleep 10", "ñ"],
    env={"MODE": "prod", "EMPTY": "", "TEXT": "a\nb"},
    labels={"team": "core"},
    working_dir="/srv",
    user="1000:1000",
    replicas=2,
    cpu_request_milli=100,
    cpu_limit_milli=500,
    memory_request_bytes=2**24,
    memory_limit_bytes=2**26,
    health=orch.HealthSpec(command=["true"], interval_ms=5000, timeout_ms=1000, start_period_ms=2000, retries=3),
    restart=orch.RestartSpec(condition=orch.RestartCondition.ON_FAILURE, delay_ms=3000, max_attempts=4),
    constraints=[orch.Constraint(key="kubernetes.io/hostname", op=orch.ConstraintOp.NOT_EQUAL, value="node-1")],
    stop_grace_ms=4000,
)


def as_read(spec):
    """Sequences come back as tuples."""
    health = dataclasses.replace(spec.health, command=tuple(spec.health.command))
    return dataclasses.replace(
        spec, command=tuple(spec.command), args=tuple(spec.args), constraints=tuple(spec.constraints), health=health)


def test_read_change_apply_is_two_lines(client):
    client.deployments.apply(name="web", image="nginx:1.27", replicas=3, wait=True)
    web = client.deployments.get("web")
    changed = client.deployments.apply(dataclasses.replace(web.spec, image="nginx:1.28"))
    assert changed.spec == dataclasses.replace(web.spec, image="nginx:1.28")


def test_a_spec_comes_back_as_it_was_sent(client):
    made = client.deployments.apply(FULL)
    assert made.spec == as_read(FULL)
    assert client.deployments.get("api").spec == as_read(FULL)
    assert made.state is orch.DeploymentState.PROGRESSING and made.spec.restart.condition is orch.RestartCondition.ON_FAILURE


def test_what_is_given_by_name_goes_before_the_spec(client):
    made = client.deployments.apply(FULL, image="api:2", replicas=0)
    assert made.spec == dataclasses.replace(as_read(FULL), image="api:2", replicas=0)


def test_zero_is_not_open_and_empty_is_not_absent(client):
    assert client.deployments.apply(name="web", image="x", replicas=0).spec.replicas == 0
    assert client.deployments.apply(name="web", image="x").spec.replicas == 0
    assert client.deployments.get("web").spec.env is None
    assert client.deployments.apply(name="web", image="x", env={"A": ""}).spec.env == {"A": ""}
    assert client.deployments.apply(name="web", image="x", env={}).spec.env in (None, {})


def test_results_are_frozen_compared_by_value_and_pickled(client):
    made = client.deployments.apply(FULL)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.spec.image = "other"
    assert not hasattr(made, "__dict__")
    assert pickle.loads(pickle.dumps(made)) == made


def test_a_list_is_a_sequence_in_the_order_of_names(client):
    for name in ("c", "a", "b"):
        client.deployments.apply(name=name, image="x", labels={"even": str(name == "b")})
    items = client.deployments.list()
    assert [d.spec.name for d in items] == ["a", "b", "c"] and len(items) == 3
    assert items[0] == client.deployments.get("a") and items[-1] == items[2] and items[1:] == [items[1], items[2]]
    for i in (3, -4):
        with pytest.raises(IndexError):
            items[i]
    assert [d.spec.name for d in client.deployments.list(selector="even=True")] == ["b"]
    assert len(client.in_namespace("other").deployments.list()) == 0
    assert len(client.in_namespace("other").deployments.list(all_namespaces=True)) == 3
    assert repr(items) == "<3 of Deployment>"


def test_a_cursor_reads_one_by_one_and_can_be_left(client):
    for i in range(5):
        client.deployments.apply(name=f"d{i}", image="x")
    assert sorted(d.spec.name for d in client.deployments) == [f"d{i}" for i in range(5)]
    with client.deployments.iter(selector="!none") as cursor:
        assert next(cursor).spec.image == "x"
    with pytest.raises(ValueError, match="DeploymentCursor is closed"):
        next(cursor)
    with client.deployments.iter() as cursor:
        assert len(list(cursor)) == 5
        with pytest.raises(StopIteration):
            next(cursor)


def test_results_outlive_what_they_came_from():
    client = orch.connect("sim://")
    client.deployments.apply(name="web", image="x", wait=True)
    items, view, cursor = client.deployments.list(), client.in_namespace("prod"), client.deployments.iter()
    instances = client.instances.list("web")
    client.close()
    client.close()
    assert client.closed and not view.closed
    del client
    gc.collect()
    assert items[0].spec.name == "web" and instances[0].ready and next(cursor).spec.name == "web"
    assert view.namespace == "prod" and len(view.deployments.list(all_namespaces=True)) == 1
    cursor.close()
    view.close()
    with pytest.raises(ValueError, match="Client is closed"):
        view.deployments.get("web")


def test_info_and_capabilities(client):
    info = client.info()
    assert (info.backend, info.url, info.chosen_by, info.namespace) == ("sim", "sim://", "the URL", "default")
    level, reason = client.capability(orch.Capability.DEPLOYMENT_WAIT)
    assert level in (orch.Level.NATIVE, orch.Level.EMULATED) and isinstance(reason, str)
    for capability in orch.Capability:
        assert client.can(capability) == (client.capability(capability)[0] != orch.Level.UNAVAILABLE)


TEXTS = {
    "name": lambda c, text: c.deployments.apply(name=text, image="x"),
    "image": lambda c, text: c.deployments.apply(name="web", image=text),
    "working_dir": lambda c, text: c.deployments.apply(name="web", image="x", working_dir=text),
    "command": lambda c, text: c.deployments.apply(name="web", image="x", command=["sh", text]),
    "env": lambda c, text: c.deployments.apply(name="web", image="x", env={"A": text}),
    "labels": lambda c, text: c.deployments.apply(name="web", image="x", labels={text: "a"}),
    "value": lambda c, text: c.deployments.apply(
        name="web", image="x", constraints=[orch.Constraint(key="a", op=orch.ConstraintOp.EQUAL, value=text)]),
    "version": lambda c, text: c.deployments.restart("web", version=text),
    "selector": lambda c, text: c.deployments.list(selector=text),
    "deployment": lambda c, text: c.instances.list(text),
    "ns": lambda c, text: c.in_namespace(text),
    "url": lambda c, text: orch.connect(text),
    "token": lambda c, text: orch.connect("kubernetes://", token=text),
    "impersonate_groups": lambda c, text: orch.connect("kubernetes://", impersonate_groups=[text]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_none_is_refused_by_its_name(client, name):
    with pytest.raises(ValueError, match=f"^{name}: embedded null"):
        TEXTS[name](client, "web\0x")
    with pytest.raises(ValueError, match=f"^{name}: .*surrogate"):
        TEXTS[name](client, "\ud800")
    for wrong in (7, b"web", ["web"], object()):
        with pytest.raises(TypeError, match=f"^{name}: str is needed, not {type(wrong).__name__}|unhashable"):
            TEXTS[name](client, wrong)
    assert len(client.deployments.list()) == 0


NUMBERS = {
    "replicas": lambda c, n: c.deployments.scale("web", n),
    "cpu_limit_milli": lambda c, n: c.deployments.apply(name="web", image="x", cpu_limit_milli=n),
    "interval_ms": lambda c, n: c.deployments.apply(
        name="web", image="x", health=orch.HealthSpec(command=["true"], interval_ms=n)),
    "op": lambda c, n: c.deployments.apply(name="web", image="x", constraints=[orch.Constraint(key="a", op=n, value="b")]),
    "exec_policy": lambda c, n: orch.connect("kubernetes://", exec_policy=n),
    "cap": lambda c, n: c.capability(n),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_out_of_range_is_refused_by_its_name(client, name):
    for n in (2**63, -(2**63) - 1, -(2**63), 2**200):  # the third is ORCH_UNSET
        with pytest.raises(OverflowError, match=f"^{name}: number out of range"):
            NUMBERS[name](client, n)
    for wrong in ("3", 3.0, [3]):
        with pytest.raises(TypeError, match=f"^{name}: int is needed, not {type(wrong).__name__}"):
            NUMBERS[name](client, wrong)


def test_a_number_beyond_an_enumeration_is_refused(client):
    with pytest.raises(OverflowError, match="cap"):
        client.capability(2**40)
    assert client.capability(7777)[0] is orch.Level.UNAVAILABLE


def test_seconds_are_numbers(client):
    for wrong in ("3", True, [1]):
        with pytest.raises(TypeError, match="^timeout: a number of seconds"):
            client.deployments.wait("web", timeout=wrong)
    for wrong in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="^timeout: "):
            client.deployments.wait("web", timeout=wrong)
    with pytest.raises(orch.InvalidArgument, match="timeout"):
        client.with_timeout(-1)
    with pytest.raises(TypeError, match="^timeout"):
        client.with_timeout(None)
    assert client.with_timeout(0.0001).info().backend == "sim"


@pytest.mark.parametrize("arguments, message", [
    (dict(image="x"), "^name: a deployment needs one"),
    (dict(name="web"), "^image: a deployment needs one"),
    (dict(name="web", image="x", command="sh"), "^command: a sequence of str is needed, not str"),
    (dict(name="web", image="x", command=7), "^command: a sequence of str"),
    (dict(name="web", image="x", env=["A=b"]), "^env: a mapping of str to str"),
    (dict(name="web", image="x", health="true"), "^health: HealthSpec is needed, not str"),
    (dict(name="web", image="x", constraints=["a"]), r"^constraints\[0\]: Constraint is needed, not str"),
    (dict(name="web", image="x", wait=5), "^wait: bool or Wait"),
    (dict(name="web", image="x", wait=True, progress=5), "^progress: bool or a callable"),
    (dict(name="web", image="x", force="no"), "^force: bool is needed, not str"),
    (dict(name="web", image="x", colour="red"), "colour"),
])
def test_a_wrong_type_is_refused_by_its_name(client, arguments, message):
    with pytest.raises(TypeError, match=message):
        client.deployments.apply(**arguments)
    assert len(client.deployments.list()) == 0


def test_a_spec_is_a_spec(client):
    with pytest.raises(TypeError, match="^spec: DeploymentSpec is needed, not dict"):
        client.deployments.apply({"name": "web"})
    with pytest.raises(TypeError, match="^name"):
        client.deployments.get(None)
    with pytest.raises(ValueError, match="^progress"):
        client.deployments.apply(name="web", image="x", progress=True)


def test_the_lower_half_takes_tuples_of_the_right_length_and_no_null(client):
    with pytest.raises(TypeError, match="deployment_spec: a tuple"):
        core.deployment_apply(client._get(), {"name": "web"}, None)
    with pytest.raises(TypeError, match="deployment_spec: a tuple of 17 members"):
        core.deployment_apply(client._get(), ("web",), None)
    with pytest.raises(TypeError, match="client"):
        core.deployment_get(None, "web")
    with pytest.raises(TypeError, match="sim"):
        core.sim_now(None)
    assert core.client_open(url="sim://", options=None)


def test_arguments_may_change_while_the_call_runs(client):
    """The GIL is released: nothing may be read through what another thread can change."""
    env, stop = {"MODE": "x" * 60}, threading.Event()

    def disturb():
        while not stop.is_set():
            env["MODE"] = "y" * 60
            env.pop("MODE")
            env["MODE"] = "x" * 60

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        for _ in range(50):
            try:
                got = client.deployments.apply(name="web", image="x", env=env).spec.env
            except RuntimeError:  # the dict changed size while it was copied
                continue
            assert got in (None, {}, {"MODE": "x" * 60}, {"MODE": "y" * 60})
    finally:
        stop.set()
        thread.join()
