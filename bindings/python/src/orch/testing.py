# SPDX-License-Identifier: MIT
"""Fixtures for pytest: a simulated cluster of its own for each test. They are there where liborch is installed.

    def test_my_program(orch_sim, orch_client):
        orch_sim.fault(orch.Timeout, operation="deployment.put")
        my_program.deploy(orch_client)
        assert orch_client.deployments.get("web").ready == 3

Time is virtual: a wait of a minute takes no time, and every run is the same."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # pytest loads this for every run of whoever has liborch: the library itself comes when it is used
    from ._client import Client
    from .sim import Simulator


@pytest.fixture
def orch_sim() -> Iterator[Simulator]:
    """A simulated cluster of three nodes, see orch.sim.Simulator."""
    from .sim import Simulator

    with Simulator() as world:
        yield world


@pytest.fixture
def orch_client(orch_sim: Simulator) -> Iterator[Client]:
    """A client of that cluster."""
    with orch_sim.connect() as client:
        yield client
