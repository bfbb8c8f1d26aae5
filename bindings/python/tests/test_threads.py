# SPDX-License-Identifier: MIT
"""Many threads, closing in any order, and processes that fork."""
import os
import random
import threading
import time

import pytest

import orch


def run(bodies):
    """All at once; what one of them raises is raised here."""
    failed = []

    def guarded(body):
        try:
            body()
        except BaseException as error:  # noqa: B902
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def test_other_threads_run_during_a_call(wait_for_ever, client):
    ticks, stop = [0], threading.Event()

    def spin():
        while not stop.is_set():
            ticks[0] += 1
            if ticks[0] == 2000:
                stop.set()
                while not waited:
                    client.cancel()
                    time.sleep(0.001)

    waited = []
    thread = threading.Thread(target=spin)
    thread.start()
    with pytest.raises(orch.Cancelled):
        wait_for_ever()
    waited.append(True)
    thread.join()
    assert ticks[0] >= 2000


def test_eight_threads_with_callbacks():
    """Two in each of four worlds: progress arrives in the thread that waits."""
    clients = [orch.connect("sim://") for _ in range(4)]
    seen = [[] for _ in range(8)]

    def deploy(i):
        note = lambda d: seen[i].append((threading.get_ident(), d.spec.name))
        clients[i % 4].deployments.apply(name=f"web-{i}", image="x", replicas=3, wait=True, progress=note)

    run([lambda i=i: deploy(i) for i in range(8)])
    for i in range(8):
        assert {name for _, name in seen[i]} == {f"web-{i}"} and len({thread for thread, _ in seen[i]}) == 1


def test_closing_in_random_order_while_others_call():
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for _ in range(25):
        client = orch.connect("sim://")
        client.deployments.apply(name="web", image="x", replicas=2)
        views = [client.in_namespace(f"n{i}") for i in range(4)]
        cursors = [client.deployments.iter() for _ in range(3)]
        lists = [client.deployments.list() for _ in range(3)]
        handles = [client, *views, *cursors]
        chance.shuffle(handles)
        half = len(handles) // 2
        del client

        def use(mine):
            for handle in mine:
                try:
                    if isinstance(handle, orch.Client):
                        handle.deployments.apply(name="x", image="y", wait=True, progress=lambda d: None)
                    else:
                        next(handle, None)
                except ValueError as error:  # closed, or read by another thread
                    assert "closed" in str(error) or "another thread" in str(error)

        def close(mine):
            for handle in mine:
                handle.close()

        run([lambda: use(handles), lambda: use(handles[::-1]), lambda: use(handles),
             lambda: close(handles[:half]), lambda: close(handles[half:])])
        assert all(items[0].spec.name == "web" for items in lists)


def test_a_cursor_is_for_one_thread_at_a_time(client):
    client.deployments.apply(name="web", image="x")
    cursor = client.deployments.iter()
    cursor._turn.acquire()
    with pytest.raises(ValueError, match="another thread"):
        next(cursor)
    cursor._turn.release()
    assert next(cursor).spec.name == "web"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_leaves_the_connections_of_its_parent_alone(client):
    client.deployments.apply(name="web", image="x")
    cursor, raw = client.deployments.iter(), client._get()
    pid = os.fork()
    if pid == 0:
        ok = client.closed and cursor.closed
        try:
            orch.core.deployment_get(raw, "web")
            ok = False
        except orch.Forked:
            pass
        with orch.connect("sim://") as own:
            ok = ok and own.info().backend == "sim"
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert client.deployments.get("web") == next(cursor)
