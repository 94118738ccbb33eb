"""Every exception → `application/problem+json` (RFC 9457): the one map."""

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import BaseRouteHandler
from obstore.exceptions import BaseError
from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError

from openapi.patterns import described
from openapi.problems import FieldError, InsufficientStorage, InvalidFields, Problem, RateLimited, TremorError, problem
from openapi.request_errors import RangeNotSatisfiable
from openapi.text import one_line, visible
from service.db.errors import why_unwritable
from service.http.queries import of_values

MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger("tremor.http")

#: How the framework says, as a 500, that a client hung up while its body was read.
_GONE = "client disconnected prematurely"

#: HTTP status of the framework's own exceptions → slug.
_SLUGS = {
    400: "malformed-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    416: "range-not-satisfiable",
    422: "validation",
    429: "rate-limited",
    503: "unavailable",
}


def _of_parameters(error: ValidationException, handler: BaseRouteHandler | None) -> Problem:
    """Wrong query parameters: 422, each named."""
    named = [
        (str(entry.get("key", "")), described(str(entry.get("message", error.detail))))
        for entry in error.extra or []
        if isinstance(entry, dict)
    ]
    errors = tuple(FieldError(pointer=name, detail=of_values(message, handler, name)) for name, message in named)
    return InvalidFields(errors or (FieldError(pointer="", detail=error.detail),)).problem()


def to_problem(error: Exception, handler: BaseRouteHandler | None = None) -> tuple[Problem, dict[str, str]]:
    """Return the problem that an exception is answered with, and headers to send beside it. handler: of the call."""
    if isinstance(error, TremorError):
        headers = {"Retry-After": str(error.retry_after)} if isinstance(error, RateLimited) else {}
        if isinstance(error, RangeNotSatisfiable) and "size" in error.extra:
            headers["Content-Range"] = f"bytes */{error.extra['size']}"
        if error.slug == "unauthorized":
            headers["WWW-Authenticate"] = "Bearer"
        if error.slug == "unavailable":
            headers["Retry-After"] = "5"
        return error.problem(), headers
    if isinstance(error, ValidationException):
        return _of_parameters(error, handler), {}
    if isinstance(error, HTTPException) and error.status_code in _SLUGS:
        headers = {
            name.title(): value
            for name, value in (error.headers or {}).items()
            if name.lower() in ("allow", "retry-after")
        }
        return problem(_SLUGS[error.status_code], _DETAILS.get(error.status_code, error.detail)), headers
    if isinstance(error, DBAPIError) and (reason := why_unwritable(error)) is not None:
        return InsufficientStorage(
            f"The database cannot be written: {reason}. Nothing was kept; whoever runs this service must make room, or "
            "make it writable"
        ).problem(), {}
    if isinstance(error, DataError):
        return problem("validation", "A text holds a character that cannot be stored, such as NUL"), {}
    if isinstance(error, RedisError | OperationalError | InterfaceError | BaseError):
        detail = "The database, the queue or the blob store does not answer; try again soon"
        return problem("unavailable", detail), {"Retry-After": "5"}
    return problem("internal", "Something went wrong on our side; the log of the service says what"), {}


_DETAILS = {
    404: "There is nothing at this address; /schema lists what there is",
    405: "This address exists, but not with this method; the Allow header lists those it has",
    413: "The body is larger than this service takes",
}


def problem_response(found: Problem, instance: str, headers: dict[str, str]) -> Response[Any]:
    """Write a problem as the answer to a request for `instance`."""
    body = found.model_copy(update={"instance": visible(instance)}).model_dump_json(exclude_none=True)
    return Response(
        one_line(body).encode(),
        status_code=found.status,
        media_type=MEDIA_TYPE,
        headers={**headers, "Cache-Control": "no-store"},
    )


def handle_exception(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Litestar's exception handler for everything."""
    if isinstance(error, HTTPException) and error.detail == _GONE:
        _log.info("%s %s: the client went away before it had sent everything", request.method, request.scope["path"])
        return Response(b"", status_code=400)  # nobody reads it
    found, headers = to_problem(error, request.scope.get("route_handler"))
    path = str(request.scope["path"])  # not request.url: its parts may come from a Host that is none
    if found.status >= 500:
        _log.error("%s %s answered %d", request.method, path, found.status, exc_info=error)
    return problem_response(found, path, headers)
