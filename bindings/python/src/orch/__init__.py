# SPDX-License-Identifier: MIT
"""Docker Swarm or Kubernetes, without knowing which.

    with orch.connect("sim://") as c:
        web = c.deployments.apply(name="web", image="nginx:1.27", replicas=3, wait=True)
        c.deployments.apply(dataclasses.replace(web.spec, image="nginx:1.28"), wait=True)

Names are loaded when they are first used, so importing this costs little. orch.aio is for asyncio, orch.sim is the
other side of the simulator, orch.testing has fixtures for pytest."""
import importlib

from . import core as _core

if _core.version_num() < _core.VERSION_NUM:  # results grow at their end: an older library has shorter ones
    raise ImportError(f"liborch {_core.version()} is older than {_core.VERSION}, which this was built with")

TYPE_CHECKING = False  # type checkers read it as true; the module typing takes longer to import than this one
if TYPE_CHECKING:
    from ._client import Client, connect
    from ._deployment import DeploymentCursor, Deployments
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
    from ._errors import (
        AlreadyExists,
        AuthenticationError,
        Busy,
        Cancelled,
        Conflict,
        Denied,
        Expired,
        Forbidden,
        Forked,
        Immutable,
        InUse,
        InvalidArgument,
        NoQuorum,
        NotFound,
        OrchError,
        OutOfMemory,
        Outcome,
        ProtocolError,
        Refused,
        RolloutFailed,
        TLSError,
        Timeout,
        TooLarge,
        Unavailable,
        Unreachable,
        Unsupported,
    )

# Where the public names are.
_NAMES = {
    "_client": "Client connect",
    "_deployment": "DeploymentCursor Deployments",
    "_errors": (
        "AlreadyExists AuthenticationError Busy Cancelled Conflict Denied Expired Forbidden Forked Immutable "
        "InUse InvalidArgument NoQuorum NotFound OrchError OutOfMemory Outcome ProtocolError Refused "
        "RolloutFailed TLSError Timeout TooLarge Unavailable Unreachable Unsupported"
    ),
    "_instance": "Instances",
    "_list": "ResultList",
    "_model": (
        "Capability Cause ClientInfo Constraint ConstraintOp Deployment DeploymentSpec DeploymentState "
        "ExecPolicy HealthSpec Instance InstanceState Level Namespace NamespaceState RestartCondition "
        "RestartSpec TraceEvent TracePhase"
    ),
    "_namespace": "Namespaces",
    "_wait": "Wait",
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module 'orch' has no attribute {name!r}")
        value = getattr(importlib.import_module(f".{module}", __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})


__version__: str = _core.version()
__all__ = [
    "AlreadyExists",
    "AuthenticationError",
    "Busy",
    "Cancelled",
    "Capability",
    "Cause",
    "Client",
    "ClientInfo",
    "Conflict",
    "Constraint",
    "ConstraintOp",
    "Denied",
    "Deployment",
    "DeploymentCursor",
    "DeploymentSpec",
    "DeploymentState",
    "Deployments",
    "ExecPolicy",
    "Expired",
    "Forbidden",
    "Forked",
    "HealthSpec",
    "Immutable",
    "InUse",
    "Instance",
    "InstanceState",
    "Instances",
    "InvalidArgument",
    "Level",
    "Namespace",
    "NamespaceState",
    "Namespaces",
    "NoQuorum",
    "NotFound",
    "OrchError",
    "OutOfMemory",
    "Outcome",
    "ProtocolError",
    "Refused",
    "RestartCondition",
    "RestartSpec",
    "ResultList",
    "RolloutFailed",
    "TLSError",
    "Timeout",
    "TooLarge",
    "TraceEvent",
    "TracePhase",
    "Unavailable",
    "Unreachable",
    "Unsupported",
    "Wait",
    "connect",
]
