"""Which methods an address has, and which representations: told before any work is done."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from service.http.docs import Doc
from service.http.negotiation import preferred
from service.http.tus import capabilities
from service.resumable.service import most_bytes


def tell_methods(app: ASGIApp) -> ASGIApp:
    """Middleware that answers OPTIONS for a whole address: several handlers share one, and each knows only itself."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET or scope["method"] != "OPTIONS":
            await app(scope, receive, send)
            return
        template = scope.get("path_template")
        routes = [route for route in scope["litestar_app"].routes if route.path_format == template]
        methods = {method for route in routes for method in getattr(route, "methods", ())}
        headers = {"Allow": ", ".join(sorted(methods | {"OPTIONS"}))}
        if any(handler.opt.get("tus") for route in routes for handler in getattr(route, "route_handlers", ())):
            headers |= capabilities(most_bytes(scope["litestar_app"].state.services.settings))
        lines = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 204, "headers": lines})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return told


async def acceptable(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: raise `NotAcceptable` when none of the answer's representations is accepted.

    An address that names its format (``report.html``) and downloads of files give what they have.
    """
    doc = handler.opt.get("doc")
    named = "." in str(connection.scope.get("path_template", "")).rpartition("/")[2]
    if isinstance(doc, Doc) and not named and (offered := doc.offered()):
        preferred(connection.headers.get("accept"), offered)
