"""Every number that a request may hold, found in the models' JSON Schemas, and the smallest body around each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]
Wrap = Callable[[Any], Any]

#: What the required neighbours of a number hold, by their names.
_NEIGHBOURS: dict[str, Any] = {"metric": "clean.accuracy", "op": ">=", "value": 0.5}


@dataclass(frozen=True)
class Number:
    """A place for a number. `body` puts a value there; `pointer` is where an error must point to.

    `named`: a text is taken there too, for it may be the name of a class.
    """

    pointer: str
    schema: Schema
    body: Wrap

    @property
    def named(self) -> bool:
        return bool(self.schema.get("beside a name"))


def numbers(model: type[BaseModel], **given: Any) -> Iterator[Number]:
    """Every numeric leaf of a model; `given` are required fields of the outermost body."""
    schema = model.model_json_schema(by_alias=True)
    for pointer, leaf, wrap in _walk(schema, schema.get("$defs", {}), ""):
        yield Number(pointer, leaf, _inside(given, wrap))


def _walk(schema: Schema, known: dict[str, Schema], pointer: str) -> Iterator[tuple[str, Schema, Wrap]]:
    if "$ref" in schema:
        yield from _walk(known[schema["$ref"].rpartition("/")[2]], known, pointer)
        return
    choices = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    named = any(choice.get("type") == "string" and "pattern" not in choice for choice in choices)
    for choice in choices:
        for where, leaf, wrap in _walk(choice, known, pointer):
            yield where, {**leaf, "beside a name": True} if named and where == pointer else leaf, wrap
    kind = schema.get("type")
    if kind in ("number", "integer"):
        yield pointer, schema, lambda value: value
    elif kind == "object":
        yield from _fields(schema, known, pointer)
    elif kind == "array":
        places = schema.get("prefixItems") or [schema.get("items", {})]
        for i, inner in enumerate(places):
            for where, leaf, wrap in _walk(inner, known, f"{pointer}/{i}"):
                yield where, leaf, _place(i, len(places), wrap)


def _fields(schema: Schema, known: dict[str, Schema], pointer: str) -> Iterator[tuple[str, Schema, Wrap]]:
    fields: dict[str, Schema] = schema.get("properties", {})
    beside = {name: field["const"] for name, field in fields.items() if "const" in field}
    beside |= {name: _NEIGHBOURS[name] for name in schema.get("required", ()) if name in _NEIGHBOURS}
    for name, field in fields.items():
        for where, leaf, wrap in _walk(field, known, f"{pointer}/{name}"):
            yield where, leaf, _field(beside, name, wrap)


def _inside(given: Schema, wrap: Wrap) -> Wrap:
    return lambda value: {**given, **wrap(value)}


def _field(beside: Schema, name: str, wrap: Wrap) -> Wrap:
    return lambda value: {**beside, name: wrap(value)}


def _place(place: int, count: int, wrap: Wrap) -> Wrap:
    return lambda value: [wrap(value) if i == place else 1 for i in range(count)]
