# SPDX-License-Identifier: MIT
"""Lists that stay in C."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

T = TypeVar("T")


class ResultList(Sequence[T]):
    """An immutable list. An item becomes an object when it is looked at, so a long list costs little until then."""

    __slots__ = ("_make", "_raw")

    def __init__(self, raw: Any, make: Callable[[tuple[Any, ...]], T]) -> None:
        self._raw, self._make = raw, make

    def __len__(self) -> int:
        return len(self._raw)

    @overload
    def __getitem__(self, i: int) -> T: ...
    @overload
    def __getitem__(self, i: slice) -> list[T]: ...
    def __getitem__(self, i: int | slice) -> T | list[T]:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(len(self)))]
        if i < 0:
            i += len(self)
        if i < 0:
            raise IndexError("list index out of range")
        return self._make(self._raw.item(i))

    def __repr__(self) -> str:
        return f"<{len(self)} of {getattr(self._make, '__self__', type(self)).__name__}>"
