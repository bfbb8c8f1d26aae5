# SPDX-License-Identifier: MIT
"""The simulator's other side: the hand that lets time pass and makes things go wrong.

    with orch.sim.Simulator(nodes=3) as world, world.connect() as c:
        world.image("broken:1", missing=True)
        c.deployments.apply(name="web", image="broken:1")
        world.advance(60)

A world lives as long as its Simulator or one of its clients. All times are in virtual seconds."""
from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from . import core
from ._client import Client, connect
from ._convert import to_ms
from ._errors import OrchError
from ._handle import Handle
from ._model import SimFault, SimImage, SimNode

_numbers = itertools.count(1)


def of_client(client: Client) -> Simulator:
    """The world behind a client. Unsupported: it is of a real orchestrator."""
    world = Simulator.__new__(Simulator)
    Handle.__init__(world, core.sim_from_client(client._get()))
    world.url = client.info().url
    return world


class Simulator(Handle):
    """A simulated cluster: nodes with CPU and memory, a scheduler, image pulls, rolling updates, health checks."""

    url: str
    """What clients of this world open."""

    def __init__(self, *, nodes: int = 3, seed: int = 1, speed: int = 0) -> None:
        """`nodes` of 4 CPUs and 8 GiB, "node-1" and so on. `seed` decides every chance: the same one makes the same
        run. `speed`: 0 is virtual time, which stands still while nobody waits; N is N virtual seconds a second."""
        options = urlencode({"nodes": nodes, "seed": seed, "speed": speed})
        self.url = f"sim://world-{os.getpid()}-{next(_numbers)}?{options}"
        with connect(self.url) as client:
            super().__init__(core.sim_from_client(client._get()))

    def __enter__(self) -> Simulator:
        return self

    def connect(self, **options: Any) -> Client:
        """A client of this world; the options are those of orch.connect()."""
        return connect(self.url, **options)

    @property
    def now(self) -> float:
        """Seconds since the world began."""
        ms: int = core.sim_now(self._get())
        return ms / 1000

    def advance(self, seconds: float) -> None:
        """Let time pass, and all that happens in it."""
        core.sim_advance(self._get(), to_ms("seconds", seconds))

    @property
    def writes(self) -> int:
        """How many writes the world has accepted so far."""
        count: int = core.sim_writes(self._get())
        return count

    @property
    def operations(self) -> int:
        """How many operations clients have asked for so far, refused ones included."""
        count: int = core.sim_operations(self._get())
        return count

    def node(
        self,
        name: str,
        *,
        cpu_milli: int | None = None,
        memory_bytes: int | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """Add a node, or change the labels and capacity of the one of that name."""
        node = SimNode(name=name, cpu_milli=cpu_milli, memory_bytes=memory_bytes, labels=labels)
        core.sim_node_put(self._get(), node._tuple())

    def fail_node(self, name: str) -> None:
        """It stops answering: after 15 seconds its instances are UNKNOWN and others take their place."""
        core.sim_node_fail(self._get(), name)

    def recover_node(self, name: str) -> None:
        """It answers again."""
        core.sim_node_recover(self._get(), name)

    def image(
        self,
        name: str,
        *,
        missing: bool | None = None,
        pull: float | None = None,
        start: float | None = None,
        crash_after: float | None = None,
        exit_code: int | None = None,
        unhealthy: bool | None = None,
    ) -> None:
        """Say how an image behaves from now on. `missing`: it cannot be pulled. `pull`: the first pull on each node;
        `start`: from there to running; both are drawn from the seed by default. `crash_after`: it ends with
        `exit_code` (1) so long after its start. `unhealthy`: its health checks fail whatever they are."""
        image = SimImage(
            name=name,
            missing=missing,
            pull_ms=to_ms("pull", pull),
            start_ms=to_ms("start", start),
            crash_after_ms=to_ms("crash_after", crash_after),
            exit_code=exit_code,
            unhealthy=unhealthy,
        )
        core.sim_image_put(self._get(), image._tuple())

    def fault(
        self,
        error: type[OrchError] | None = None,
        *,
        operation: str | None = None,
        skip: int = 0,
        times: int = 1,
        latency: float = 0,
        applied: bool = False,
    ) -> None:
        """Let an operation fail with this exception; without one it only takes `latency`. `operation`: any, or
        "client.info", "instance.list", "deployment.get", ".open", ".put", ".scale", ".restart", ".remove",
        ".remaining". `skip` matching ones first, then `times` are hit. `applied`: a write takes effect all the same,
        and the outcome is UNKNOWN. Faults add up; each ends by itself."""
        fault = SimFault(
            operation=operation,
            skip=skip,
            times=times,
            latency_ms=to_ms("latency", latency),
            status=0 if error is None else error.status,
            applied=applied,
        )
        core.sim_fault_add(self._get(), fault._tuple())
