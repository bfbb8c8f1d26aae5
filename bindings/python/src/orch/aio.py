# SPDX-License-Identifier: MIT
"""liborch in asyncio: calls go to threads, and cancelling a task cancels its call.

    with orch.connect("sim://") as c:
        await orch.aio.call(c.deployments.scale, "web", 5, wait=True)
        async for deployment in orch.aio.each(c.deployments.iter()):
            ..."""
from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ParamSpec, TypeVar

from ._client import Client
from ._deployment import DeploymentCursor

P = ParamSpec("P")
T = TypeVar("T")
_AGAIN = 0.02  # seconds; a cancel that comes before the call has begun means nothing to it


async def _in_thread(cancel: Callable[[], None] | None, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    running = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            if cancel is not None:
                cancel()
            await asyncio.wait([running], timeout=_AGAIN)
        if not running.cancelled():
            running.exception()  # so that nobody complains that it was not looked at
        raise


def _on_a_view(function: Callable[..., T]) -> tuple[Callable[..., T], Client | None]:
    """The same method of a view of its own, so that a cancel ends this call and no other."""
    owner: Any = getattr(function, "__self__", None)
    client = owner if isinstance(owner, Client) else getattr(owner, "_client", None)
    if not isinstance(client, Client):
        return function, None
    view = client._view()
    method: Callable[..., T] = getattr(view if owner is client else type(owner)(view), function.__name__)
    return method, view


async def call(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """`await call(client.deployments.scale, "web", 5)`: a method of a client or of one of its nouns, in a thread. When
    the task is cancelled the call is, too, and has come to its end when CancelledError is raised."""
    method, view = _on_a_view(function)
    return await _in_thread(view.cancel if view is not None else None, method, *args, **kwargs)


_END: Any = object()


async def each(cursor: DeploymentCursor) -> AsyncIterator[Any]:
    """`async for deployment in each(client.deployments.iter())`: each is read in a thread; the cursor is closed at the
    end, also when the loop is left before it."""
    with cursor:
        while (item := await _in_thread(cursor.cancel, next, cursor, _END)) is not _END:
            yield item
