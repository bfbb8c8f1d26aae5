# SPDX-License-Identifier: MIT
"""Docker Swarm or Kubernetes, without knowing which.

    with orch.connect("sim://") as c:
        web = c.deployments.apply(name="web", image="nginx:1.27", replicas=3, wait=True)
        c.deployments.apply(dataclasses.replace(web.spec, image="nginx:1.28"), wait=True)

orch.aio is the same for asyncio, orch.testing a simulated cluster for tests of your own."""
from . import core as _core

if _core.version_num() < _core.VERSION_NUM:  # results grow at their end: an older library has shorter ones
    raise ImportError(f"liborch {_core.version()} is older than {_core.VERSION}, which this was built with")

from ._client import Client, connect
from ._deployment import DeploymentCursor, Deployments
from ._errors import *  # noqa: F403
from ._errors import __all__ as _error_names
from ._instance import Instances
from ._list import ResultList
from ._model import (
    Capability,
    Cause,
    ClientInfo,
    Constraint,
    ConstraintOp,
    Deployment,
    DeploymentSpec,
    DeploymentState,
    ExecPolicy,
    HealthSpec,
    Instance,
    InstanceState,
    Level,
    Namespace,
    NamespaceState,
    RestartCondition,
    RestartSpec,
    TraceEvent,
    TracePhase,
)
from ._namespace import Namespaces
from ._wait import Wait

__version__: str = _core.version()
__all__ = [
    "Capability",
    "Cause",
    "Client",
    "ClientInfo",
    "Constraint",
    "ConstraintOp",
    "Deployment",
    "DeploymentCursor",
    "DeploymentSpec",
    "DeploymentState",
    "Deployments",
    "ExecPolicy",
    "HealthSpec",
    "Instance",
    "InstanceState",
    "Instances",
    "Level",
    "Namespace",
    "NamespaceState",
    "Namespaces",
    "RestartCondition",
    "RestartSpec",
    "ResultList",
    "TraceEvent",
    "TracePhase",
    "Wait",
    "connect",
    *_error_names,
]
