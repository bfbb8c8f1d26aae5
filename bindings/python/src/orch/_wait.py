# SPDX-License-Identifier: MIT
"""How to wait, and whom to tell meanwhile."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union

from ._convert import to_ms, wrong
from ._model import Deployment, WaitOptions, WriteOptions

Progress = Union[bool, Callable[[Deployment], object], None]
"""True: a line on standard error; or a callable that is told of each change. It must not call liborch; what it raises
ends the wait and is what the caller sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long, and for what. All in seconds."""

    timeout: float | None = None
    """Then give up, with Timeout. Default 600."""
    settle: float | None = None
    """Complete only when it stays so for this long. Default 2."""
    stall: float | None = None
    """Instances that fail, and no progress for so long: give up with RolloutFailed. Default 10."""
    progress: Progress = None
    """True: a line on standard error; or a callable that is told of each change."""

    def _options(self) -> WaitOptions:
        return WaitOptions(
            timeout_ms=to_ms("timeout", self.timeout),
            settle_ms=to_ms("settle", self.settle),
            stall_ms=to_ms("stall", self.stall),
            progress=_teller(self.progress),
        )


def _teller(progress: Progress) -> Callable[[tuple[Any, ...]], object] | None:
    if progress is None or progress is False:
        return None
    if progress is True:
        from ._progress import Line  # only who looks at it pays for it

        tell: Callable[[Deployment], object] = Line()
    elif callable(progress):
        tell = progress
    else:
        raise wrong("progress", "bool or a callable", progress)
    return lambda t: tell(Deployment._from(t))


def write_options(
    *,
    timeout: float | None = None,
    version: str | None = None,
    wait: bool | Wait = False,
    progress: Progress = None,
    force: bool | None = None,
) -> tuple[Any, ...]:
    """orch_write_options, out of the keyword arguments that all changes have."""
    if not isinstance(wait, (bool, Wait)):
        raise wrong("wait", "bool or Wait", wait)
    how = wait if isinstance(wait, Wait) else Wait(progress=progress) if wait else None
    if progress is not None and how is None:
        raise ValueError("progress: there is none to tell of without wait=True")
    if isinstance(wait, Wait) and progress is not None:
        how = Wait(timeout=wait.timeout, settle=wait.settle, stall=wait.stall, progress=progress)
    return WriteOptions(
        timeout_ms=to_ms("timeout", timeout),
        version=version,
        wait=None if how is None else how._options(),
        force=force,
    )._tuple()
