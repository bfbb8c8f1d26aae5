# SPDX-License-Identifier: MIT
"""Deployments: N instances of an image."""
from __future__ import annotations

import dataclasses
from _thread import allocate_lock
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import core
from ._convert import to_ms, wrong
from ._handle import Handle
from ._list import ResultList
from ._model import Constraint, Deployment, DeploymentSpec, HealthSpec, ListOptions, RestartSpec
from ._wait import Progress, Wait, write_options

if TYPE_CHECKING:
    from ._client import Client


class DeploymentCursor(Handle, Iterator[Deployment]):
    """Reads deployments one by one, page by page; memory stays flat however many there are. For one thread at a
    time, but for cancel()."""

    def __init__(self, client: Client, options: tuple[Any, ...]) -> None:
        self._view = client._view()  # with a cancel of its own
        super().__init__(core.deployment_open(self._view._get(), options), client._kept)
        self._turn = allocate_lock()

    def __enter__(self) -> DeploymentCursor:
        return self

    def __next__(self) -> Deployment:
        if not self._turn.acquire(False):
            raise ValueError("DeploymentCursor is being read by another thread")
        try:
            found = core.deployment_next(self._get())
        finally:
            self._turn.release()
        if found is None:
            raise StopIteration
        return Deployment._from(found)

    def cancel(self) -> None:
        """End the reading from another thread: it raises Cancelled there."""
        self._view.cancel()


def spec_of(spec: DeploymentSpec | None, given: dict[str, Any]) -> DeploymentSpec:
    """`spec` with the members that were given in place of its own; a new one without `spec`."""
    given = {name: value for name, value in given.items() if value is not None}
    if spec is None:
        for name in ("name", "image"):
            if name not in given:
                raise TypeError(f"{name}: a deployment needs one")
        return DeploymentSpec(**given)
    if not isinstance(spec, DeploymentSpec):
        raise wrong("spec", "DeploymentSpec", spec)
    return dataclasses.replace(spec, **given) if given else spec


class Deployments:
    """The deployments of a client's namespace: `client.deployments`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, name: str) -> Deployment:
        """Read one. NotFound: there is none of this name in this namespace."""
        return Deployment._from(core.deployment_get(self._client._get(), name))

    def list(
        self, *, selector: str | None = None, all_namespaces: bool = False, timeout: float | None = None
    ) -> ResultList[Deployment]:
        """Read all, in the order of their names.

        `selector` is "k=v", "k!=v", "k", "!k", "k in (a,b)", "k notin (a,b)", or several with commas, which must all
        hold. `all_namespaces`: not only those of the client's namespace. `timeout` in seconds; default: the client's,
        at least 120."""
        options = ListOptions(selector=selector, all_namespaces=all_namespaces, timeout_ms=to_ms("timeout", timeout))
        return ResultList(core.deployment_list(self._client._get(), options._tuple()), Deployment._from)

    def iter(
        self, *, selector: str | None = None, all_namespaces: bool = False, timeout: float | None = None
    ) -> DeploymentCursor:
        """Read them one by one, in the orchestrator's order. The arguments are those of list(); `timeout` is that of
        the whole."""
        options = ListOptions(selector=selector, all_namespaces=all_namespaces, timeout_ms=to_ms("timeout", timeout))
        return DeploymentCursor(self._client, options._tuple())

    def __iter__(self) -> DeploymentCursor:
        return self.iter()

    def apply(
        self,
        spec: DeploymentSpec | None = None,
        /,
        *,
        name: str | None = None,
        image: str | None = None,
        command: Sequence[str] | None = None,
        args: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        working_dir: str | None = None,
        user: str | None = None,
        replicas: int | None = None,
        cpu_request_milli: int | None = None,
        cpu_limit_milli: int | None = None,
        memory_request_bytes: int | None = None,
        memory_limit_bytes: int | None = None,
        health: HealthSpec | None = None,
        restart: RestartSpec | None = None,
        constraints: Sequence[Constraint] | None = None,
        stop_grace_ms: int | None = None,
        version: str | None = None,
        force: bool = True,
        timeout: float | None = None,
        wait: bool | Wait = False,
        progress: Progress = None,
    ) -> Deployment:
        """Make a deployment what `spec` says, creating it if need be. Members of DeploymentSpec can be given by name,
        in place of a spec or of what it says.

        What the spec leaves open is removed or returns to the orchestrator's default, but for `replicas`, which stays.
        What liborch does not model is kept. When nothing differs, nothing is written.

        `version`: only if it is still this version, else Conflict. `force` False: fields that another manages are left
        alone, and the call fails with Conflict. `timeout` in seconds, until it is accepted; default: the client's.
        `wait`: return when it is complete; RolloutFailed says which instance fails and why. `progress`: see Wait."""
        given = dict(
            name=name,
            image=image,
            command=command,
            args=args,
            env=env,
            labels=labels,
            working_dir=working_dir,
            user=user,
            replicas=replicas,
            cpu_request_milli=cpu_request_milli,
            cpu_limit_milli=cpu_limit_milli,
            memory_request_bytes=memory_request_bytes,
            memory_limit_bytes=memory_limit_bytes,
            health=health,
            restart=restart,
            constraints=constraints,
            stop_grace_ms=stop_grace_ms,
        )
        options = write_options(timeout=timeout, version=version, wait=wait, progress=progress, force=force)
        want = spec_of(spec, given)._tuple()
        return Deployment._from(core.deployment_apply(self._client._get(), want, options))

    def scale(
        self,
        name: str,
        replicas: int,
        *,
        version: str | None = None,
        timeout: float | None = None,
        wait: bool | Wait = False,
        progress: Progress = None,
    ) -> Deployment:
        """Change how many instances it runs, and nothing else. The options are those of apply()."""
        options = write_options(timeout=timeout, version=version, wait=wait, progress=progress)
        return Deployment._from(core.deployment_scale(self._client._get(), name, replicas, options))

    def restart(
        self,
        name: str,
        *,
        version: str | None = None,
        timeout: float | None = None,
        wait: bool | Wait = False,
        progress: Progress = None,
    ) -> Deployment:
        """Replace every instance by a new one, in the orchestrator's rolling way. The options are those of apply()."""
        options = write_options(timeout=timeout, version=version, wait=wait, progress=progress)
        return Deployment._from(core.deployment_restart(self._client._get(), name, options))

    def delete(
        self,
        name: str,
        *,
        version: str | None = None,
        timeout: float | None = None,
        wait: bool | Wait = False,
    ) -> None:
        """Delete it and its instances. `wait`: return when the last of them is gone."""
        options = write_options(timeout=timeout, version=version, wait=wait)
        core.deployment_delete(self._client._get(), name, options)

    def wait(
        self,
        name: str,
        *,
        timeout: float | None = None,
        settle: float | None = None,
        stall: float | None = None,
        progress: Progress = None,
    ) -> Deployment:
        """Wait until it is complete: all instances are ready, of its present spec, and no others are left. The
        arguments are those of Wait. RolloutFailed: it will not get there by itself; the message says which instance
        fails and why, and `reason` is the name of its Cause. Timeout: not yet."""
        how = Wait(timeout=timeout, settle=settle, stall=stall, progress=progress)
        return Deployment._from(core.deployment_wait(self._client._get(), name, how._options()._tuple()))
