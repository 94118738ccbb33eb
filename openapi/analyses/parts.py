"""A block that has a field for each of the analyses that are entered, whatever they are.

Fields of a pydantic model are fixed when its class is written; a block's parts are looked up when it is read, so that a
new analysis is one entry and no line in the blocks.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, ValidationInfo, create_model, model_validator
from pydantic_core import CoreSchema

from openapi.base import Frozen

#: Names of the parts → (model, description).
Parts = tuple[tuple[str, type[Frozen], str], ...]


@cache
def _reader(parts: Parts) -> type[Frozen]:
    """A model with the parts alone; its errors lead to the fields as they do elsewhere."""
    fields: dict[str, Any] = {
        name: (model | None, Field(None, description=description)) for name, model, description in parts
    }
    return create_model("Parts", __base__=Frozen, **fields)


class Block(Frozen):
    """A model with further fields, `parts`, each of which may be null.

    keeps_null: whether a part that is not given is null in the JSON, or left out of it.
    """

    model_config = ConfigDict(extra="allow")

    parts: ClassVar[Callable[[], Parts]] = staticmethod(lambda: ())
    keeps_null: ClassVar[bool] = False

    @model_validator(mode="before")
    @classmethod
    def _with_parts(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, Mapping):
            return data
        own = {name: value for name, value in data.items() if name in cls.model_fields}
        rest = {name: value for name, value in data.items() if name not in own}
        reader = _reader(cls.parts())
        # JSON is read as strictly as the rest of a body is; the mode is all that a validator learns of that.
        read = (
            reader.model_validate_json(json.dumps(rest), strict=True)
            if info.mode == "json"
            else reader.model_validate(rest)
        )
        found = {name: getattr(read, name) for name in reader.model_fields}
        return {**own, **{name: part for name, part in found.items() if cls.keeps_null or part is not None}}

    @classmethod
    def part_fields(cls) -> dict[str, object]:
        """Name → annotation of the parts."""
        return {name: model | None for name, model, _ in cls.parts()}

    def with_parts(self, **parts: Frozen | None) -> Self:
        """The block with other parts; None takes one out."""
        return type(self).model_validate({**dict(self), **parts})

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The JSON Schema with the parts as the properties that they are."""
        found = handler.resolve_ref_schema(handler(schema))
        found["additionalProperties"] = False
        for name, model, description in cls.parts():
            kinds = [handler(model.__pydantic_core_schema__), {"type": "null"}]
            found["properties"][name] = {"anyOf": kinds, "default": None, "description": description}
        return found
