"""Query parameters: those that a call does not have are refused, since whoever sends one expects it to do something."""

from functools import cache
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter

from openapi.problems import FieldError, InvalidFields
from openapi.text import visible
from service.fields import meant


@cache
def _known(handler: BaseRouteHandler) -> tuple[str, ...]:
    parameters = handler.parsed_fn_signature.parameters
    return tuple(name for name, found in parameters.items() if isinstance(found.kwarg_definition, QueryParameter))


async def known_query(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: raise `InvalidFields` that name the parameters which the call does not have."""
    known = _known(handler)
    wrong = [name for name in connection.query_params if name not in known]
    if wrong:
        has = "" if known else "; this call has none"
        raise InvalidFields(
            tuple(
                FieldError(
                    pointer=visible(name)[:100], detail=f"there is no such query parameter{meant(name, known) or has}"
                )
                for name in wrong[:20]
            )
        )
