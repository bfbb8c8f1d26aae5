# SPDX-License-Identifier: MIT
"""asyncio: the loop goes on, and cancelling a task cancels its call."""
import asyncio
import subprocess
import sys
import time

import pytest

import orch
from orch import aio


def test_calls_run_beside_each_other(client):
    async def main():
        made = await asyncio.gather(
            *(aio.call(client.deployments.apply, name=f"web-{i}", image="x", wait=True) for i in range(5)))
        assert [d.spec.name for d in made] == [f"web-{i}" for i in range(5)]
        assert (await aio.call(client.info)).backend == "sim"
        assert await aio.call(len, "abc") == 3
        with pytest.raises(orch.NotFound, match="ghost"):
            await aio.call(client.deployments.get, "ghost")

    asyncio.run(main())


def test_a_cancelled_task_ends_its_call_and_no_other(client, stuck):
    async def main():
        waits = [asyncio.ensure_future(aio.call(client.deployments.wait, stuck, timeout=1e12, stall=1e12)) for _ in range(2)]
        await asyncio.sleep(0.05)
        began = time.monotonic()
        waits[0].cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits[0]
        assert time.monotonic() - began < 20 and not waits[1].done()
        waits[1].cancel()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(aio.call(client.deployments.wait, stuck, timeout=1e12, stall=1e12), 0.05)

    asyncio.run(main())


def test_a_list_is_an_asynchronous_iterator(client):
    for i in range(5):
        client.deployments.apply(name=f"web-{i}", image="x")

    async def main():
        cursor = client.deployments.iter()
        assert sorted([d.spec.name async for d in aio.each(cursor)]) == [f"web-{i}" for i in range(5)]
        assert cursor.closed
        cursor = client.deployments.iter()
        items = aio.each(cursor)
        await items.__anext__()
        await items.aclose()
        assert cursor.closed

    asyncio.run(main())


def test_asyncio_is_loaded_only_by_who_uses_it():
    program = "import sys, orch; sys.exit('asyncio' in sys.modules or 'pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
