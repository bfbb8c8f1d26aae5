# SPDX-License-Identifier: MIT
"""A line that shows how far a deployment is: a bar where tqdm is installed, words where it is not."""
from __future__ import annotations

import importlib
import sys
from typing import Any

from ._model import Deployment, DeploymentState


def _bar() -> Any:
    try:
        tqdm: Any = importlib.import_module("tqdm").tqdm
    except ImportError:
        return None
    return tqdm(unit="instance", leave=True, file=sys.stderr)


class Line:
    """Told of a deployment each time something has changed."""

    def __init__(self) -> None:
        self._bar = _bar()

    def __call__(self, now: Deployment) -> None:
        ready = min(now.ready, now.updated)
        state = now.state.name.lower().replace("_", " ")
        if self._bar is None:
            print(f"{now.spec.name}: {ready} of {now.desired} instances, {state}", file=sys.stderr, flush=True)
            return
        self._bar.set_description_str(f"{now.spec.name}: {state}")
        self._bar.total, self._bar.n = now.desired, ready
        self._bar.refresh()
        if now.state == DeploymentState.COMPLETE:
            self._bar.close()
