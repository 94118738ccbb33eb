"""Which names the service answers to, and which pages may write to it.

A web page that somebody has open can send requests to this machine. By a name of its own that suddenly leads here (DNS
rebinding) it could even read the answers; with a form it could at least start work. The first is refused by the `Host`,
the second by `Sec-Fetch-Site` and `Origin`, which pages cannot forge.
"""

import ipaddress
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from openapi.problems import TremorError
from openapi.wire.settings import Settings

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_PORTS = {"http": 80, "https": 443}


class ForeignHost(TremorError):
    """The `Host` is none of this service's names (421)."""

    slug = "foreign-host"


class ForeignOrigin(TremorError):
    """A page of another origin wants to change something (403)."""

    slug = "foreign-origin"


def _split(address: str) -> SplitResult | None:
    """The parts of ``//host:port`` or of an origin; None when it is neither."""
    try:
        parts = urlsplit(address)
        return parts if parts.hostname and (parts.port or 0) >= 0 else None
    except ValueError:
        return None


def _name(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


class OwnNames:
    """The hosts that the settings allow; see `Settings.allowed_hosts`."""

    def __init__(self, settings: Settings) -> None:
        listed = settings.allowed_hosts
        self._listed = tuple(host.lower().rstrip(".") for host in listed or ())
        self._own = {"localhost", settings.host.lower(), socket.gethostname().lower()}
        # A foreign page knows no API key: what it could reach by another name tells it nothing.
        self._any = "*" in self._listed or (listed is None and settings.auth == "keys")

    def lists(self, name: str) -> bool:
        """Whether the setting names this host; ``*.example.org`` is every name below example.org."""
        return any(name == host or (host.startswith("*.") and name.endswith(host[1:])) for host in self._listed)

    def answers_as(self, host: str) -> bool:
        """Whether this is a `Host` of ours: listed, this machine's own name, or an address.

        Rebinding needs a name: a page from an address has that very address as its origin.
        """
        parts = _split(f"//{host}")
        if parts is None or "@" in host:
            return False
        if self._any:
            return True
        name = _name(parts)
        return self.lists(name) or name in self._own or name.endswith(".localhost") or _is_address(name)

    def may_write(self, hosts: Iterable[str], origin: str | None, site: str | None) -> bool:
        """Whether a request with these headers comes from one of our own pages, or from no page at all."""
        if site is not None:
            return site.lower() in ("same-origin", "none")
        if origin is None:
            return True
        parts = _split(origin)
        if parts is None:
            return False  # "null": a page without an origin, such as a file or a sandboxed frame
        return self.lists(_name(parts)) or any(_same(parts, host) for host in hosts)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _same(origin: SplitResult, host: str) -> bool:
    parts = _split(f"{origin.scheme}://{host}")
    if parts is None:
        return False
    default = _PORTS.get(origin.scheme)
    return (_name(parts), parts.port or default) == (_name(origin), origin.port or default)


def refuse_foreign(settings: Settings) -> Any:
    """Middleware that refuses foreign hosts (421) and writes from foreign pages (403), whatever the route."""
    names = OwnNames(settings)

    def middleware(app: ASGIApp) -> ASGIApp:
        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == ScopeType.HTTP:
                _check(names, Request(scope))
            await app(scope, receive, send)

        return guarded

    return middleware


def _check(names: OwnNames, request: Request[Any, Any, Any]) -> None:
    hosts = request.headers.getall("host", [])
    for host in hosts:
        if not names.answers_as(host):
            raise ForeignHost(
                f"This service does not answer as {host[:200]!r}; where it should, list that name in "
                "TREMOR_ALLOWED_HOSTS"
            )
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if request.method not in _SAFE and not names.may_write(hosts, origin, site):
        raise ForeignOrigin(
            f"A page of another origin ({(origin or site or '')[:200]!r}) may not write here; serve a page of your own "
            "under this very host, or list its host in TREMOR_ALLOWED_HOSTS"
        )
