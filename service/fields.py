"""Wrong fields of a request, as RFC 6901 pointers and what was meant: for the API's answers and the command line's."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from openapi.base import fields_of
from openapi.near_misses import named, near_misses
from openapi.patterns import description_of
from openapi.problems import FieldError, InvalidFields
from openapi.text import counted
from service.alternatives import joined

#: More names than this are not listed, and of many errors only the first get a hint: the comparison takes time, and a
#: body may hold megabytes of wrong names.
_MOST_NAMES, _MOST_HINTS = 20, 20
#: More errors than this are not told; who has made so many begins with these.
_MOST_ERRORS = 100


Model = TypeVar("Model", bound=BaseModel)


def read_strictly(model: type[Model], body: Any) -> Model:
    """Check plain data as the published schema reads it: true is no number, and a text that looks like one is none.

    Raises pydantic's `ValidationError`.
    """
    return model.model_validate_json(json.dumps(_whole(body)), strict=True)


def _whole(value: Any) -> Any:
    """Plain data with 3.0 as 3: for JSON Schema both are integers."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value


def pointer(location: Sequence[str | int], body: Any) -> str:
    """Turn pydantic's error location into an RFC 6901 pointer into `body`.

    Pydantic names the member of a union that it tried (``attacks, 0, pgd, eps``); such steps lead nowhere in the body
    and are left out. The last step may be missing in the body, because that can be the error, if it is a name at all.
    """
    steps: list[str] = []
    here = body
    for i, step in enumerate(location):
        last = i == len(location) - 1
        if isinstance(step, int):
            inside = isinstance(here, list | tuple) and step < len(here)
            if inside:
                here = here[step]
            elif not last:
                continue
        elif isinstance(here, dict) and step in here:
            here = here[step]
        elif not (last and isinstance(here, dict) and re.fullmatch(r"\w+", str(step))):
            continue
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


def field_errors(
    error: ValidationError, body: Any, prefix: str = "", model: type[BaseModel] | None = None
) -> tuple[FieldError, ...]:
    """Every error of a validation as pointer and detail, without repetition; `model` lets it name near misses."""
    found: dict[tuple[str, str], FieldError] = {}
    entries = error.errors(include_url=False, include_context=True, include_input=False)
    # A default that is made from other fields is missing because one of those is wrong.
    entries = joined([entry for entry in entries if entry["type"] != "default_factory_not_called"])
    for entry in entries[:_MOST_ERRORS]:
        kind, location = entry["type"], entry["loc"]
        if kind == "too_short" and any(e["loc"][: len(location)] == location and e is not entry for e in entries):
            continue  # the list is short only because its items are wrong
        where = prefix + pointer(location, body)
        if field := entry.get("ctx", {}).get("field"):  # the contract's own word on which of several must change
            where += f"/{field}"
        if kind in ("union_tag_invalid", "union_tag_not_found"):
            where, detail = _tag(where, entry)
        elif kind == "extra_forbidden":
            known = _siblings(model, location) if len(found) < _MOST_HINTS else ()
            detail = "there is no such field" + meant(str(location[-1]), known)
        elif kind == "missing":
            detail = "this field is required"
        elif kind == "string_pattern_mismatch":
            detail = description_of(entry["ctx"]["pattern"]) or entry["msg"]
        elif kind in _LENGTHS:
            detail = _of_length(kind, entry.get("ctx", {}))
        else:
            detail = _plainly(entry["msg"])
        found.setdefault((where, detail), FieldError(pointer=where, detail=detail))
    return tuple(found.values())


#: Pydantic's types of errors about lengths → which bound was passed, its field in the context, and what is counted.
_LENGTHS = {
    "too_short": ("at least", "min_length", "item"),
    "too_long": ("at most", "max_length", "item"),
    "string_too_short": ("at least", "min_length", "character"),
    "string_too_long": ("at most", "max_length", "character"),
}


def _of_length(kind: str, context: Mapping[str, Any]) -> str:
    """``write at least 1 item``: pydantic tells of its own steps, and of what it calls a list."""
    bound, field, unit = _LENGTHS[kind]
    return f"write {bound} {counted(context[field], unit)}"


#: What pydantic calls kinds of values by Python's words → what they are in JSON.
_IN_JSON = {"Tuple": "List", "tuple": "list", "Set": "List", "Frozenset": "List", "Dictionary": "Object"}


def _plainly(message: str) -> str:
    """A validator's message, with kinds of values called as JSON calls them."""
    head, _, rest = message.removeprefix("Value error, ").partition(" ")
    return " ".join(part for part in (_IN_JSON.get(head, head), rest) if part)


def meant(wrong: str, known: Iterable[str]) -> str:
    """``; did you mean 'eps'?`` where something known is near, else a list of what is known, else nothing."""
    names = list(dict.fromkeys(known))
    near = near_misses(wrong, names)
    if near:
        return f"; did you mean {named(near)}?"
    return f"; there are {', '.join(names)}" if 0 < len(names) <= _MOST_NAMES else ""


def _tag(where: str, entry: ErrorDetails) -> tuple[str, str]:
    """An item that does not say which kind it is, or says one that there is not."""
    context = entry.get("ctx", {})
    field = str(context.get("discriminator", "'name'")).strip("'")
    if "tag" not in context:
        return f"{where}/{field}", "this field is required"
    known = str(context.get("expected_tags"))
    near = near_misses(str(context["tag"]), known.replace("'", "").split(", "))
    hint = f"did you mean {named(near)}? " if near else ""
    return f"{where}/{field}", f"unknown {field} {context['tag']!r}; {hint}known: {known}"


def _siblings(model: type[BaseModel] | None, location: Sequence[str | int]) -> list[str]:
    """The names that could have stood where the location ends."""
    here = [model] if model is not None else []
    for step in location[:-1]:
        if isinstance(step, str):
            here = [inner for found in here for inner in _inside(found, step)]
    return [name for found in here for name in fields_of(found)]


def _inside(model: type[BaseModel], step: str) -> list[type[BaseModel]]:
    """The models that a step leads to: through a field, or to the model itself when the step is its kind in a union."""
    if step in (getattr(field, "default", None) for field in model.model_fields.values()):
        return [model]
    return [
        inner
        for name, annotation in fields_of(model).items()
        if step in (name, getattr(model.model_fields.get(name), "alias", None))
        for inner in _models(annotation)
    ]


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Every model that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def parse(model: type[Model], body: Any, prefix: str = "") -> Model:
    """Check plain data by a contract model. Raises `InvalidFields` with pointers."""
    try:
        return read_strictly(model, body)
    except ValidationError as error:
        raise InvalidFields(field_errors(error, body, prefix, model)) from error
