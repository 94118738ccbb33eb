"""Every request has an id, in the log and in its answer, and is counted with the time that it took."""

import re
import secrets
import time

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from openapi.wire.logs import only_about
from openapi.wire.traces import describe, trace_id
from service.health.metrics import REQUEST_SECONDS, REQUESTS

#: Where in the scope's state a guard leaves the headers that say what is left of a client's budget.
RATE_HEADERS = "rate_headers"

#: Any other word is counted as one, or a client could make endless series.
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _name_request(scope: Scope) -> str:
    """The request's id in the log and in its answer: the one that a proxy gave it, else a new one."""
    given = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"x-request-id"), "")
    name = given if re.fullmatch(r"[A-Za-z0-9._-]{1,100}", given) else f"req_{secrets.token_hex(8)}"
    trace = trace_id()
    only_about(request=name, **({} if trace is None else {"trace": trace}))
    return name


def _route(scope: Scope) -> tuple[str, str]:
    """The route's template and the method, in words of which there are few."""
    method = str(scope.get("method"))
    return str(scope.get("path_template") or "(none)"), method if method in _METHODS else "OTHER"


def _describe(scope: Scope, name: str) -> None:
    route, method = _route(scope)
    describe(f"{method} {route}", {"http.route": route, "tremor.request": name})


def measure_requests(app: ASGIApp) -> ASGIApp:
    """Middleware that counts every request, by the route's template and never by the address (ids are endless)."""

    async def measured(scope: Scope, receive: Receive, send: Send) -> None:
        begin, status, name = time.perf_counter(), 500, _name_request(scope)

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _describe(scope, name)  # now, for the span ends with the answer's last byte
                limits = scope.get("state", {}).get(RATE_HEADERS, ())
                message["headers"] = [*message["headers"], (b"x-request-id", name.encode()), *limits]
            await send(message)

        try:
            await app(scope, receive, watch)
        finally:
            route, method = _route(scope)
            REQUESTS.labels(method, route, str(status)).inc()
            REQUEST_SECONDS.labels(route).observe(time.perf_counter() - begin)

    return measured
