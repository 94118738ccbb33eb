"""Query parameters: those that a call does not have are refused, since whoever sends one expects it to do something."""

from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

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


#: How the framework begins what it says of a text that is none of those that are listed.
_NONE_OF = "Invalid enum value "


def of_values(message: str, handler: BaseRouteHandler | None, name: str) -> str:
    """A message about a query parameter; where its values are listed it says which there are."""
    parameter = handler.parsed_fn_signature.parameters.get(name) if handler is not None else None
    if parameter is None or not message.startswith(_NONE_OF):
        return message
    given = message.removeprefix(_NONE_OF)
    return f"there is no {visible(given)[:100]}{meant(given.strip(chr(39)), _listed(parameter.annotation))}"


def _listed(annotation: Any) -> tuple[str, ...]:
    """The texts of a `Literal`, or of one that may be left out."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(value for part in get_args(annotation) for value in _listed(part))
    return get_args(annotation) if get_origin(annotation) is Literal else ()
