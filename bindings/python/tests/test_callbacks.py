# SPDX-License-Identifier: MIT
"""What the library calls back, and signals while it waits."""
import socket
import sys
import threading
import types

import pytest

import orch


def test_progress_is_told_of_each_change(client):
    seen = []
    done = client.deployments.apply(name="web", image="x", replicas=3, wait=True, progress=seen.append)
    assert [d.ready for d in seen] == sorted(d.ready for d in seen) and seen[-1].ready == 3
    assert all(type(d) is orch.Deployment for d in seen) and done.state is orch.DeploymentState.COMPLETE


def test_progress_is_a_part_of_wait(client):
    seen = []
    client.deployments.apply(name="web", image="x", wait=orch.Wait(timeout=60, settle=1, progress=seen.append))
    assert seen


@pytest.mark.parametrize("change", [
    lambda c, p: c.deployments.wait("web", progress=p),
    lambda c, p: c.deployments.apply(name="web", image="y", wait=True, progress=p),
    lambda c, p: c.deployments.scale("web", 2, wait=True, progress=p),
    lambda c, p: c.deployments.restart("web", wait=True, progress=p),
])
def test_what_a_callback_raises_is_what_the_caller_sees(client, change):
    client.deployments.apply(name="web", image="x", wait=True)

    def fail(deployment):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        change(client, fail)
    assert client.deployments.get("web")  # and nothing of it is left


def test_an_exception_ends_a_wait_at_once(wait_for_ever):
    def fail(deployment):
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        wait_for_ever(progress=fail)


def test_a_callback_must_not_use_the_library_but_may_cancel(client, wait_for_ever):
    with pytest.raises(RuntimeError, match="a callback must not call liborch"):
        wait_for_ever(progress=lambda d: client.info())
    with pytest.raises(orch.Cancelled):
        wait_for_ever(progress=lambda d: client.cancel())


def test_a_line_of_progress(client, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    client.deployments.apply(name="web", image="x", replicas=2, wait=True, progress=True)
    assert capsys.readouterr().err.splitlines()[-1] == "web: 2 of 2 instances, complete"


def test_a_bar_where_tqdm_is_installed(client, monkeypatch):
    bars = []

    class Bar:
        def __init__(self, **options):
            self.closed = False
            bars.append(self)

        def set_description_str(self, text):
            self.text = text

        def refresh(self):
            self.shown = f"{self.n}/{self.total} {self.text}"

        def close(self):
            self.closed = True

    monkeypatch.setitem(sys.modules, "tqdm", types.SimpleNamespace(tqdm=Bar))
    client.deployments.apply(name="web", image="x", replicas=2, wait=True, progress=True)
    assert [(bar.shown, bar.closed) for bar in bars] == [("2/2 web: complete", True)]


@pytest.fixture
def silent():
    """The URL of a server that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"swarm://127.0.0.1:{server.getsockname()[1]}"


def test_a_trace_is_told_of_each_request(silent):
    events = []
    with orch.connect(silent, timeout=2, trace=events.append) as client, pytest.raises(orch.Timeout):
        client.deployments.get("web")
    assert events[0].phase is orch.TracePhase.START and events[0].path.startswith("/")
    assert events[-1].phase is orch.TracePhase.END and events[-1].status == orch.Timeout.status


def test_what_a_trace_raises_is_what_the_caller_sees(silent):
    def fail(event):
        raise KeyError("mine")

    with orch.connect(silent, timeout=30, trace=fail) as client:
        for view in (client, client.in_namespace("other")):
            with pytest.raises(KeyError, match="mine"):
                view.deployments.get("web")


def test_ctrl_c_ends_a_wait(interrupt, wait_for_ever, client):
    assert interrupt(wait_for_ever) < 10
    assert client.deployments.get("stuck")


def test_ctrl_c_ends_a_request_that_nobody_answers(interrupt, silent):
    with orch.connect(silent, timeout=60) as client:
        assert interrupt(lambda: client.deployments.get("web")) < 10
        assert interrupt(lambda: list(client.deployments.list())) < 10
        assert interrupt(lambda: list(client.in_namespace("other").deployments)) < 10


def test_ctrl_c_with_other_threads_about(interrupt, wait_for_ever, client):
    """It is for the main thread; the others go on until they are cancelled."""
    ended = []

    def wait():
        with pytest.raises(orch.Cancelled):
            wait_for_ever()
        ended.append(threading.get_ident())

    threads = [threading.Thread(target=wait) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert interrupt(wait_for_ever) < 10 and ended == []
    while any(thread.is_alive() for thread in threads):
        client.cancel()
        threads[0].join(0.01)
    assert len(ended) == 4
