"""Who may call, and how often: guards of everything under /v1."""

import time
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from sqlalchemy.exc import DBAPIError

from openapi.keys import Scope
from openapi.problems import Forbidden, RateLimited, Unauthorized
from service.context import Services
from service.keys.service import find_key, is_use_news, note_use
from service.tenants.caller import DEFAULT_TENANT, Caller

#: Clients whose budget is remembered; the one longest unseen is forgotten first.
_MAX_CLIENTS = 10_000
_READING = ("GET", "HEAD", "OPTIONS")

Connection = ASGIConnection[Any, Any, Any, Any]


async def require_key(connection: Connection, handler: BaseRouteHandler) -> None:
    """Ask for `Authorization: Bearer KEY` when the settings say so. Raises `Unauthorized` and `Forbidden`."""
    services: Services = connection.app.state.services
    if services.settings.auth != "keys":
        return
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Unauthorized("Send an API key as `Authorization: Bearer KEY`; `tremor keys create` makes one")
    async with services.db.read() as session:
        row = await find_key(session, key.strip())
    if row is None:
        raise Unauthorized("This API key is unknown, revoked or expired")
    connection.scope["state"]["key_id"] = row.id
    connection.scope["state"]["tenant"] = row.tenant_id
    _check_scope(row.scope, connection, handler)
    if is_use_news(row):
        with suppress(DBAPIError):  # a full disk must not keep anybody from reading
            async with services.db.write() as session:
                await note_use(session, row.id)


def _check_scope(scope: Scope, connection: Connection, handler: BaseRouteHandler) -> None:
    """Raise `Forbidden` when a key of this scope may not call the handler: reading wants `read`, the rest `submit`."""
    usual = Scope.READ if connection.scope.get("method") in _READING else Scope.SUBMIT
    wanted = Scope(handler.opt.get("scope", usual))
    if not scope.allows(wanted):
        raise Forbidden(f"This API key has the scope {scope.value}; the call needs {wanted.value}")


def caller_of(connection: Connection) -> Caller:
    """Whose request it is: a tenant's by its key. Without keys asked for there is one tenant."""
    services: Services = connection.app.state.services
    nobody = "" if services.settings.auth == "keys" else DEFAULT_TENANT  # outside /v1 nobody is asked for a key
    return Caller(connection.scope["state"].get("tenant", nobody))


class RateLimit:
    """A token bucket per client: `per_minute` tokens at most, filled evenly. 0 is no limit.

    The buckets are this process's own: with several processes behind a balancer each gives the full budget.
    """

    def __init__(self, per_minute: int) -> None:
        self._rate = per_minute / 60
        self._full = float(per_minute)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, now: float) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        tokens, seen = self._buckets.pop(client, (self._full, now))
        tokens = min(self._full, tokens + (now - seen) * self._rate)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._rate
        self._buckets[client] = (tokens if wait else tokens - 1, now)
        if len(self._buckets) > _MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return wait

    async def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        """Raise `RateLimited` when the client has used its budget up. A client is an API key, else an address."""
        if not self._rate:
            return
        client = connection.scope["state"].get("key_id") or (connection.client.host if connection.client else "")
        if wait := self.take(str(client), time.monotonic()):
            raise RateLimited("This client has sent too many requests", retry_after=int(wait) + 1)
