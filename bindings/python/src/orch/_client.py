# SPDX-License-Identifier: MIT
"""A connection to one orchestrator."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import core
from ._convert import as_enum, to_ms, wrong
from ._deployment import Deployments
from ._handle import Handle
from ._instance import Instances
from ._model import Capability, ClientInfo, ClientOptions, ExecPolicy, Level, TraceEvent
from ._namespace import Namespaces


class Client(Handle):
    """A connection, or another view of the connections of one; connect() makes it. May be used from many threads."""

    def __enter__(self) -> Client:
        return self

    @property
    def deployments(self) -> Deployments:
        """N instances of an image."""
        return Deployments(self)

    @property
    def instances(self) -> Instances:
        """The running copies of deployments."""
        return Instances(self)

    @property
    def namespaces(self) -> Namespaces:
        """What keeps names apart."""
        return Namespaces(self)

    @property
    def namespace(self) -> str:
        """That of this view: what all its calls mean."""
        name: str = core.client_namespace(self._get())
        return name

    def in_namespace(self, namespace: str) -> Client:
        """The same connections, another namespace. It need not exist yet."""
        return Client(core.client_with_namespace(self._get(), namespace), self._kept)

    def _view(self) -> Client:
        """One more view, with a cancel of its own."""
        return self.in_namespace(self.namespace)

    def with_timeout(self, timeout: float) -> Client:
        """The same connections, another deadline of each call, in seconds."""
        timeout_ms = to_ms("timeout", timeout)
        if timeout_ms is None:
            raise wrong("timeout", "a number of seconds", timeout)
        return Client(core.client_with_timeout(self._get(), timeout_ms), self._kept)

    def info(self) -> ClientInfo:
        """Ask the orchestrator who it is. This is a request, and so a test of the connection."""
        return ClientInfo._from(core.client_info_get(self._get()))

    def capability(self, capability: Capability) -> tuple[Level, str]:
        """How well something can be done here, and a sentence that says why it is not native, or ""."""
        level, reason = core.capability(self._get(), capability)
        return as_enum(Level, level), reason

    def can(self, capability: Capability) -> bool:
        """Whether something can be done here at all."""
        return self.capability(capability)[0] != Level.UNAVAILABLE

    def cancel(self) -> None:
        """End every call that runs on this view, in any thread: each raises Cancelled. Later calls are not affected."""
        core.client_cancel(self._get())


def _tracer(trace: Callable[[TraceEvent], object] | None) -> Callable[[tuple[Any, ...]], object] | None:
    if trace is None:
        return None
    if not callable(trace):
        raise wrong("trace", "a callable", trace)
    tell = trace
    return lambda t: tell(TraceEvent._from(t))


def connect(
    url: str | None = None,
    /,
    *,
    namespace: str | None = None,
    timeout: float | None = None,
    connect_timeout: float | None = None,
    context: str | None = None,
    ca_file: str | None = None,
    cert_file: str | None = None,
    key_file: str | None = None,
    insecure: bool | None = None,
    proxy: str | None = None,
    user_agent: str | None = None,
    raw_json: bool | None = None,
    strict_json: bool | None = None,
    trace: Callable[[TraceEvent], object] | None = None,
    kubeconfig: str | None = None,
    kubeconfig_text: str | None = None,
    server: str | None = None,
    token: str | None = None,
    token_file: str | None = None,
    impersonate_user: str | None = None,
    impersonate_groups: Sequence[str] | None = None,
    exec_policy: ExecPolicy | None = None,
    exec_allowed: Sequence[str] | None = None,
    create_namespace: bool | None = None,
) -> Client:
    """Open a client: "swarm://host", "swarm+unix:///path", "swarm+ssh://user@host", "kubernetes://context", "sim://".

    Without a URL the environment decides (ORCH_URL, a service account, a kubeconfig, Docker's settings), and
    Client.info() says what was chosen and why. Connecting costs no request: the first call does.

    `namespace` in place of the URL's or "default"; `timeout` of each call, retries included, in seconds: 30;
    `connect_timeout` for look-up, TCP and TLS: 10. `trace` is told of each request and must not call liborch. The rest
    is what certificates, kubeconfigs and contexts say otherwise; an option that the orchestrator has no use for is
    InvalidArgument."""
    tracer = _tracer(trace)
    options = ClientOptions(
        namespace=namespace,
        context=context,
        timeout_ms=to_ms("timeout", timeout),
        connect_timeout_ms=to_ms("connect_timeout", connect_timeout),
        ca_file=ca_file,
        cert_file=cert_file,
        key_file=key_file,
        insecure=insecure,
        proxy=proxy,
        user_agent=user_agent,
        raw_json=raw_json,
        strict_json=strict_json,
        trace=tracer,
        kubeconfig=kubeconfig,
        kubeconfig_text=kubeconfig_text,
        server=server,
        token=token,
        token_file=token_file,
        impersonate_user=impersonate_user,
        impersonate_groups=impersonate_groups,
        exec_policy=exec_policy,
        exec_allowed=exec_allowed,
        create_namespace=create_namespace,
    )
    return Client(core.client_open(url, options._tuple()), (tracer,))
