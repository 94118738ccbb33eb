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


@cache
def _needed(handler: BaseRouteHandler) -> tuple[str, ...]:
    parameters = handler.parsed_fn_signature.parameters
    return tuple(name for name in _known(handler) if parameters[name].is_required and not parameters[name].has_default)


async def known_query(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: raise `InvalidFields` that name the parameters which the call does not have, and those that it lacks."""
    known, has = _known(handler), "; this call has none"
    errors = [
        FieldError(
            pointer=visible(name)[:100],
            detail=f"there is no such query parameter{meant(name, known) or ('' if known else has)}",
        )
        for name in connection.query_params
        if name not in known
    ][:20]
    # The framework would say the same later, in words of its own and without naming the place.
    missing = [name for name in _needed(handler) if name not in connection.query_params]
    errors += [FieldError(pointer=name, detail="this field is required") for name in missing]
    if errors:
        raise InvalidFields(tuple(errors))


#: How the framework begins what it says of a text that is none of those that are listed.
_NONE_OF = "Invalid enum value "
#: The same of a text that is none of a kind, and of one beyond the bounds → what is wanted.
_KINDS = {"Expected `int": "whole number", "Expected `float": "number"}


def of_values(message: str, handler: BaseRouteHandler | None, name: str) -> str:
    """A message about a query parameter; where its values are listed or bounded it says which there are."""
    parameter = handler.parsed_fn_signature.parameters.get(name) if handler is not None else None
    kind = next((words for begin, words in _KINDS.items() if message.startswith(begin)), None)
    if parameter is not None and kind is not None:
        return f"write a {kind}{_bounds(parameter.kwarg_definition)}"
    if parameter is None or not message.startswith(_NONE_OF):
        return message
    given = message.removeprefix(_NONE_OF)
    return f"there is no {visible(given)[:100]}{meant(given.strip(chr(39)), _listed(parameter.annotation))}"


def _bounds(found: Any) -> str:
    """`` from 1 to 1000``, as far as a parameter has bounds."""
    least, most, below = (getattr(found, name, None) for name in ("ge", "le", "lt"))
    low = "" if least is None else f" from {least}" if most is not None else f", {least} or more"
    return low + (f" to {most}" if most is not None else f", below {below}" if below is not None else "")


def _listed(annotation: Any) -> tuple[str, ...]:
    """The texts of a `Literal`, or of one that may be left out."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(value for part in get_args(annotation) for value in _listed(part))
    return get_args(annotation) if get_origin(annotation) is Literal else ()
