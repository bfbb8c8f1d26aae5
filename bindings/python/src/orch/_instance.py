# SPDX-License-Identifier: MIT
"""Instances: the running copies of a deployment, and why they do not run."""
from __future__ import annotations

from typing import TYPE_CHECKING

from . import core
from ._list import ResultList
from ._model import Instance

if TYPE_CHECKING:
    from ._client import Client


class Instances:
    """The instances of a client's deployments: `client.instances`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self, deployment: str) -> ResultList[Instance]:
        """Those of one deployment, in the order of their names. NotFound: there is no such deployment."""
        return ResultList(core.instance_list(self._client._get(), deployment), Instance._from)
