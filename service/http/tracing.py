"""Spans of requests and of what they ask the database, where traces are wanted (`openapi.wire.traces`)."""

from typing import TYPE_CHECKING, Any

from openapi.wire.traces import continuing, start_traces
from service.db.database import Database

if TYPE_CHECKING:
    from litestar import Litestar
    from litestar.types import ASGIApp, Receive, Scope, Send

#: Probes and scrapes come every few seconds and tell nothing.
_LEFT_OUT = "/health/,/metrics"


def traced(app: "Litestar") -> "ASGIApp":
    """The app with a span around each request, named by the route, that goes on with the caller's trace.

    The app itself where no traces are wanted.
    """
    if not start_traces("api"):
        return app
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware

    app.on_startup.append(_watch)
    # Typed by the protocol itself, where Litestar names each message.
    watched: Any = OpenTelemetryMiddleware(app, excluded_urls=_LEFT_OUT, exclude_spans=["receive", "send"])

    async def afresh(scope: "Scope", receive: "Receive", send: "Send") -> None:
        # A request that made a connection wait, and go on, leaves its context to the connection's next one.
        with continuing(None):
            await watched(scope, receive, send)

    return afresh


async def _watch(app: "Litestar") -> None:
    """Have the queries of requests be spans: the statements, never the values."""
    from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor

    database: Database = app.state.services.db
    # Its events are those of SQLAlchemy 2.1 as well, which it does not declare yet.
    SQLAlchemyInstrumentor().instrument(engines=database.engines, skip_dep_check=True)
