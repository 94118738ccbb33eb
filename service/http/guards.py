"""Who may call, and how often: guards of everything under /v1."""

from contextlib import suppress
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.keys import Scope
from openapi.problems import Forbidden, RateLimited, Unauthorized
from openapi.wire.logs import about
from service.context import Services
from service.db.tables import ApiKey, Tenant
from service.http.measuring import RATE_HEADERS
from service.http.session_cookie import require_own_page, token_of
from service.keys.service import find_key, is_use_news, note_use
from service.keys.sessions import find_session
from service.tenants.caller import DEFAULT_TENANT, Caller, log_ids
from service.tenants.rates import Rates

_READING = ("GET", "HEAD", "OPTIONS")

Connection = ASGIConnection[Any, Any, Any, Any]


async def require_key(connection: Connection, handler: BaseRouteHandler) -> None:
    """Ask for `Authorization: Bearer KEY`, or the page's cookie, when the settings say so.

    Not where handlers look for a signature themselves (`signed`). Raises `Unauthorized` and `Forbidden`.
    """
    services: Services = connection.app.state.services
    if services.settings.auth != "keys" or handler.opt.get("signed"):
        return
    async with services.db.read() as session:
        row = await _key_of(connection, session)
        tenant = await session.get(Tenant, row.tenant_id)
    connection.scope["state"]["key_id"] = row.id
    connection.scope["state"]["tenant"] = row.tenant_id
    about(**log_ids(row.tenant_id))
    connection.scope["state"]["requests_per_minute"] = tenant and tenant.requests_per_minute
    if is_use_news(row):  # a call that is refused for its scope is a use of the key as well
        with suppress(DBAPIError):  # a full disk must not keep anybody from reading
            async with services.db.write() as session:
                await note_use(session, row.id)
    _check_scope(row.scope, connection, handler)


async def _key_of(connection: Connection, session: AsyncSession) -> ApiKey:
    """The key that the request names, or that of the page's session."""
    authorization, token = connection.headers.get("authorization"), token_of(connection)
    if authorization is None and token is not None:
        row = await find_session(session, token)
        if row is None:
            raise Unauthorized("The session has ended; sign in again")
        if connection.scope.get("method") not in _READING:
            require_own_page(connection)
        return row
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Unauthorized("Send an API key as `Authorization: Bearer KEY`; `tremor keys create` makes one")
    row = await find_key(session, key.strip())
    if row is None:
        raise Unauthorized("This API key is unknown, revoked or expired")
    return row


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
    """So many requests a minute for each tenant where keys are asked for, else for each address; 0 is no limit.

    Every answer says what is left. The budgets are kept in the broker, and hold over all processes of the service.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._rates = Rates()

    async def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        """Raise `RateLimited` when the client has used its budget up."""
        state = connection.scope["state"]
        own = state.get("requests_per_minute")
        quota = self._per_minute if own is None else own
        if not quota:
            return
        services: Services = connection.app.state.services
        client = state.get("tenant") or (connection.client.host if connection.client else "")
        budget = await self._rates.take(services.queue.server, str(client), quota)
        state[RATE_HEADERS] = budget.headers()
        if budget.is_spent:
            raise RateLimited("This client has sent too many requests", retry_after=budget.wait)
