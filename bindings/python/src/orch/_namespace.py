# SPDX-License-Identifier: MIT
"""Namespaces: what keeps the names of one team, program or test apart from all others."""
from __future__ import annotations

from typing import TYPE_CHECKING

from . import core
from ._convert import to_ms
from ._list import ResultList
from ._model import ListOptions, Namespace
from ._wait import Wait, write_options

if TYPE_CHECKING:
    from ._client import Client


class Namespaces:
    """The namespaces of an orchestrator: `client.namespaces`. Which one a client works in is said when it is opened,
    or by Client.in_namespace()."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self, *, selector: str | None = None, timeout: float | None = None) -> ResultList[Namespace]:
        """All of them, in the order of their names; "default" is always there. `selector` as for deployments."""
        options = ListOptions(selector=selector, timeout_ms=to_ms("timeout", timeout))
        return ResultList(core.namespace_list(self._client._get(), options._tuple()), Namespace._from)

    def apply(self, *, timeout: float | None = None, wait: bool | Wait = False) -> None:
        """Make the client's namespace exist; it may be there already. `wait`: one that is being deleted is waited for
        and made anew; without it that is Conflict."""
        core.namespace_apply(self._client._get(), write_options(timeout=timeout, wait=wait))

    def delete(self, *, timeout: float | None = None, wait: bool | Wait = False) -> None:
        """Delete the client's namespace, with everything in it. `wait`: return when all of it is gone and the name
        can be used again. "default" can never be deleted: InvalidArgument."""
        core.namespace_delete(self._client._get(), write_options(timeout=timeout, wait=wait))
