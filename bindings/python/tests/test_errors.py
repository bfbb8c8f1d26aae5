# SPDX-License-Identifier: MIT
"""Exceptions: of the right class, with all that the library knows, on the thread that failed."""
import builtins
import contextlib
import multiprocessing
import pickle
import threading

import pytest

import orch
import orch.sim
from orch import _errors

BUILT_IN = {
    orch.InvalidArgument: ValueError,
    orch.OutOfMemory: MemoryError,
    orch.NotFound: LookupError,
    orch.AuthenticationError: PermissionError,
    orch.Forbidden: PermissionError,
    orch.Unsupported: NotImplementedError,
    orch.Unreachable: ConnectionError,
    orch.Timeout: TimeoutError,
    orch.TLSError: ConnectionError,
    orch.Denied: PermissionError,
    orch.RolloutFailed: RuntimeError,
}


def test_an_error_says_all_there_is_to_say(client):
    with pytest.raises(LookupError) as caught:
        client.deployments.get("ghost")
    error = caught.value
    assert type(error) is orch.NotFound and isinstance(error, orch.OrchError)
    assert str(error) == error.message == "get deployment ghost: deployment ghost not found"
    assert (error.status, error.transient, error.retry_after) == (-3, False, None)
    assert error.outcome is orch.Outcome.NOT_SENT


def test_every_class_is_what_a_caller_would_catch():
    for cls, builtin in BUILT_IN.items():
        assert issubclass(cls, builtin) and issubclass(cls, orch.OrchError)


def test_every_error_survives_pickle():
    for value, (cls, text) in _errors.BY_STATUS.items():
        error = _errors.make(value, "", "Word", 409, 1, 1500, 3)
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is type(error) is cls and str(copy) == text and vars(copy) == vars(error)
        assert copy.retry_after == 1.5 and copy.outcome is orch.Outcome.UNKNOWN and copy.transient
    assert type(_errors.make(-999, "?", "", 0, 0, -1, 0)) is orch.OrchError


@pytest.mark.parametrize("cls", [cls for cls, _ in _errors.BY_STATUS.values()])
def test_every_failure_of_the_orchestrator_arrives_as_its_class(cls):
    with orch.sim.Simulator() as world, world.connect() as client:
        world.fault(cls, operation="deployment.get")
        with pytest.raises(cls) as caught:
            client.deployments.get("web")
        assert type(caught.value) is cls and caught.value.status == cls.status


def test_the_outcome_of_a_write_is_told():
    with orch.sim.Simulator() as world, world.connect() as client:
        world.fault(orch.Forbidden, operation="deployment.put")
        with pytest.raises(orch.Forbidden) as caught:
            client.deployments.apply(name="web", image="x")
        assert caught.value.outcome is orch.Outcome.NOT_APPLIED
        world.fault(orch.Unreachable, operation="deployment.put", applied=True)
        with pytest.raises(orch.Unreachable) as caught:
            client.deployments.apply(name="web", image="x")
        assert caught.value.outcome is orch.Outcome.UNKNOWN and client.deployments.get("web")


def test_a_rollout_that_fails_says_which_instance_and_why():
    with orch.sim.Simulator() as world, world.connect() as client:
        world.image("broken:1", missing=True)
        with pytest.raises(orch.RolloutFailed, match="web.1") as caught:
            client.deployments.apply(name="web", image="broken:1", wait=True)
        assert orch.Cause[caught.value.reason] is orch.Cause.IMAGE
        assert caught.value.outcome is orch.Outcome.APPLIED


def test_what_cannot_be_opened(tmp_path):
    with pytest.raises(orch.InvalidArgument, match="http"):
        orch.connect("http://x")
    with pytest.raises(orch.InvalidArgument, match="token"):
        orch.connect("sim://", token="x")
    with pytest.raises(orch.NotFound, match="nowhere"):
        orch.connect("kubernetes://", kubeconfig=str(tmp_path / "nowhere"))
    with pytest.raises(orch.Unreachable) as caught:
        orch.connect("swarm://127.0.0.1:1", timeout=1).deployments.get("web")
    assert caught.value.transient and caught.value.outcome is orch.Outcome.NOT_SENT


def test_words_that_are_cut_inside_a_letter_do_not_hide_the_error(client):
    with pytest.raises(orch.OrchError) as caught:
        client.deployments.list(selector="ñ" * 600)
    assert type(caught.value) is orch.InvalidArgument


def test_each_thread_sees_its_own_error(client):
    wrong = []

    def ask(i):
        for k in range(200):
            name = f"ghost-{i}-{k}"
            try:
                client.deployments.get(name)
            except orch.NotFound as error:
                if name not in str(error):
                    wrong.append(str(error))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_code_that_runs_while_the_exception_is_made_cannot_change_it(client, monkeypatch):
    """A finaliser that the collector runs, a signal handler, an import hook: all on this thread."""
    seen, real = [], builtins.__import__

    def hook(name, *args, **kwargs):
        if name == "orch._errors":
            seen.append(name)
            if len(seen) == 1:
                with contextlib.suppress(orch.NotFound):
                    client.deployments.get("somebody-else")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", hook)
    with pytest.raises(orch.NotFound, match="ghost:"):
        client.deployments.get("ghost")
    assert len(seen) == 2


def test_what_is_freed_on_the_way_does_not_change_the_error():
    with pytest.raises(orch.NotFound, match="ghost:"):
        orch.connect("sim://").in_namespace("prod").deployments.get("ghost")


def fail_in_another_process(name):
    with orch.connect("sim://") as client:
        return client.deployments.get(name)


def test_errors_come_back_from_a_process_pool():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with pytest.raises(orch.NotFound, match="ghost"):
            pool.map(fail_in_another_process, ["ghost"])
