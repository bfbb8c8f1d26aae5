# SPDX-License-Identifier: MIT
"""Between what users hold and the tuples that cross the border to C.

Tuples, never the users' own lists and dicts: while a call runs without the GIL its texts are read in place, and
nobody can change a tuple meanwhile."""
from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

E = TypeVar("E", bound=enum.IntEnum)


class Part(Protocol):
    def _tuple(self) -> tuple[Any, ...]: ...


def wrong(name: str, wanted: str, value: object) -> TypeError:
    return TypeError(f"{name}: {wanted} is needed, not {type(value).__name__}")


def to_ms(name: str, seconds: float | None) -> int | None:
    """Seconds as whole milliseconds, rounded up: a little time is not none at all."""
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise wrong(name, "a number of seconds", seconds)
    if not math.isfinite(seconds):
        raise ValueError(f"{name}: {seconds} is no number of seconds")
    return math.ceil(seconds * 1000)


def to_strings(name: str, value: Sequence[str] | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise wrong(name, "a sequence of str", value)
    return tuple(value)


def to_pairs(name: str, value: Mapping[str, str] | None) -> tuple[tuple[str, str], ...] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise wrong(name, "a mapping of str to str", value)
    return tuple(value.items())


def to_part(name: str, kind: type[Part], value: Part | None) -> tuple[Any, ...] | None:
    if value is None:
        return None
    if not isinstance(value, kind):
        raise wrong(name, kind.__name__, value)
    return value._tuple()


def to_items(name: str, kind: type[Part], value: Iterable[Part] | None) -> tuple[tuple[Any, ...], ...] | None:
    if value is None:
        return None
    if not isinstance(value, Iterable):
        raise wrong(name, f"a sequence of {kind.__name__}", value)
    parts = []
    for i, item in enumerate(value):
        if not isinstance(item, kind):
            raise wrong(f"{name}[{i}]", kind.__name__, item)
        parts.append(item._tuple())
    return tuple(parts)


def as_dict(pairs: tuple[tuple[str, str], ...] | None) -> dict[str, str] | None:
    return None if pairs is None else dict(pairs)


def as_items(kind: Any, items: tuple[tuple[Any, ...], ...] | None) -> tuple[Any, ...] | None:
    return None if items is None else tuple(map(kind._from, items))


def as_enum(kind: type[E], value: Any) -> Any:
    """The member of that value; None, and what a newer library has that this binding does not know, as it is."""
    return kind._value2member_map_.get(value, value)
