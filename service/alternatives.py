"""A field that takes several forms, such as a word or a list: what is wrong is said as all that it takes."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from openapi.text import counted

#: What pydantic calls forms that have no name of their own, in a location.
_FORM = re.compile(r"(?:literal|tuple|list|constrained|function|nullable|lax-or-strict)[-\[].*")
_PLAIN = {"int", "float", "str", "bool"}

#: The type of an error → what the form takes, by the error's context and the form's name in the location.
_TAKES: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    "literal_error": lambda context, _: str(context["expected"]),
    "int_type": lambda *_: "a whole number",
    "float_type": lambda *_: "a number",
    "string_type": lambda *_: "a text",
    "bool_type": lambda *_: "true or false",
    "tuple_type": lambda _, form: _list(form),
    "too_short": lambda context, _: f"a list of at least {counted(context['min_length'], 'item')}",
    "too_long": lambda context, form: _list(form, f"a list of at most {counted(context['max_length'], 'item')}"),
    "missing": lambda _, form: _list(form),
    "string_too_short": lambda context, _: f"a text of at least {counted(context['min_length'], 'character')}",
    "string_too_long": lambda context, _: f"a text of at most {counted(context['max_length'], 'character')}",
    "greater_than_equal": lambda context, _: f"a number of at least {context['ge']:,}",
    "greater_than": lambda context, _: f"a number above {context['gt']:,}",
    "less_than_equal": lambda context, _: f"a number of at most {context['le']:,}",
    "less_than": lambda context, _: f"a number below {context['lt']:,}",
}


def _list(form: str, any_length: str = "a list") -> str:
    """What a list of this form holds: ``tuple[constrained-int, constrained-int]`` is one of two items."""
    inside = form.partition("[")[2].removesuffix("]")
    return any_length if not inside or "..." in inside else f"a list of {counted(inside.count(',') + 1, 'item')}"


def joined(entries: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """The errors, with those of a field's several forms as one: ``write 'first' or 'random', or a list``.

    Where what was given is of one of the forms, and only a part of it is wrong, that part alone is told.
    """
    forms: dict[tuple[str | int, ...], list[ErrorDetails]] = {}
    for entry in entries:
        if (place := _place(entry["loc"])) is not None:
            forms.setdefault(entry["loc"][:place], []).append(entry)
    told: list[ErrorDetails] = []
    done: set[tuple[str | int, ...]] = set()
    for entry in entries:
        place = _place(entry["loc"])
        field = entry["loc"][:place] if place is not None else None
        if field is None or len({of["loc"][len(field)] for of in forms[field]}) < 2:
            told.append(entry)
        elif field not in done:
            done.add(field)
            told += _as_one(forms[field], len(field))
    return told


def _place(location: Sequence[str | int]) -> int | None:
    """Where in a location a form is named; None where none is."""
    for i, step in enumerate(location):
        if isinstance(step, str) and i > 0 and (_FORM.fullmatch(step) or step in _PLAIN):
            return i
    return None


def _as_one(entries: list[ErrorDetails], place: int) -> list[ErrorDetails]:
    """The errors of one field's forms as one, or those of the one form that was meant."""
    meant = [entry for entry in entries if len(entry["loc"]) > place + 1 and entry["type"] != "missing"]
    if meant:
        return meant
    if any(entry["type"] not in _TAKES for entry in entries):
        return entries
    takes = _once(_TAKES[entry["type"]](entry.get("ctx", {}), str(entry["loc"][place])) for entry in entries)
    detail = f"write {', or '.join(takes)}"
    return [{**entries[0], "type": "several_forms", "loc": entries[0]["loc"][:place], "msg": detail}]


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
