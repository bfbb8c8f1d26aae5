# SPDX-License-Identifier: MIT
"""What is open until it is closed, or until the process forks."""
from __future__ import annotations

import os
import weakref
from types import TracebackType
from typing import Any

_open: weakref.WeakSet[Handle] = weakref.WeakSet()


class Handle:
    """Owns one reference of an object of the library. What it depends on is kept alive there, in C, so the order in
    which things are closed makes no difference."""

    _kept: tuple[object, ...] = ()  # Python objects that the C object calls

    def __init__(self, raw: Any, kept: tuple[object, ...] = ()) -> None:
        self._raw, self._kept = raw, kept
        _open.add(self)

    def _get(self) -> Any:
        raw = self._raw
        if raw is None:
            raise ValueError(f"{type(self).__name__} is closed")
        return raw

    def close(self) -> None:
        """Let go of it. A call that runs in another thread comes to its end first. Closing twice does nothing."""
        self._raw = None

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._raw is None

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _forget_after_fork() -> None:
    """Connections belong to the parent. A child must not even close them: it leaks them and says "closed"."""
    for handle in list(_open):
        raw = handle._raw
        if raw is not None:
            raw.this.disown()
            handle.close()


os.register_at_fork(after_in_child=_forget_after_fork)
