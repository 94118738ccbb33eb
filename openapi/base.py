"""The base of every contract model, and the few scalar types they share."""

import math
import re
from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)


class Frozen(BaseModel):
    """An immutable model that refuses unknown fields, so that a misspelt option is an error and never ignored.

    None of its numbers is NaN or infinite: such ones are refused, in requests, in messages and in reports alike.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=(), allow_inf_nan=False
    )


def fields_of(model: type[BaseModel]) -> dict[str, Any]:
    """Name → annotation of a model's fields, as they are called in JSON, and of the parts that are entered elsewhere."""
    own = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    return {**own, **getattr(model, "part_fields", dict)()}


def storable(value: Any) -> Any:
    """Plain data as JSON can hold it: null for NaN and the infinities, an escape for half of a character."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode(errors="backslashreplace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value


#: An object whose fields no model names: what stages leave for the report, what a stage is told.
Json = Annotated[dict[str, Any], BeforeValidator(storable)]

#: The id of something that is here.
Id = Annotated[str, Field(min_length=1, max_length=64)]

#: Free labels or tags of the caller's.
Labels = Annotated[
    dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=400)]], Field(max_length=64)
]

#: Class names, in the order of the classes.
ClassNames = Annotated[tuple[Annotated[str, Field(max_length=500)], ...], Field(max_length=100_000, fail_fast=True)]

#: Options that no model names yet.
Options = Annotated[Json, Field(max_length=64)]

#: Sizes and counts beyond this are mistakes; every float up to it is exact as an integer.
MOST = 1_000_000_000

_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?"
#: ``8/255``, ``0.5/255`` or a plain number: so short that it costs nothing to compute.
_FRACTION = rf"^ *{_NUMBER} *(?:/ *{_NUMBER} *)?$"
_LONGEST_FRACTION = 60


def _number_or_fraction(value: Any) -> Any:
    """Read ``"8/255"`` as the float 8/255; leave everything else to pydantic."""
    if not isinstance(value, str):
        return value
    try:
        if len(value) > _LONGEST_FRACTION or not re.fullmatch(_FRACTION, value):
            raise ValueError("not a fraction")
        top, _, bottom = value.partition("/")
        return float(Fraction(top.strip()) / Fraction(bottom.strip() or 1))
    except (ValueError, ArithmeticError) as error:
        raise ValueError('write a number such as 0.03, or a fraction such as "8/255"') from error


def _number_schema(most: float) -> dict[str, Any]:
    number = {"type": "number", "exclusiveMinimum": 0, "maximum": most}
    text = {"type": "string", "pattern": _FRACTION, "maxLength": _LONGEST_FRACTION, "examples": ["8/255"]}
    return {"anyOf": [number, text]}


#: A positive number that may be written as a fraction; L2 and L1 radii may exceed 1.
Radius = Annotated[
    float,
    BeforeValidator(_number_or_fraction),
    Field(gt=0, le=MOST),
    WithJsonSchema(_number_schema(MOST), mode="validation"),
]


#: A Radius of the L-infinity norm: pixels are in [0, 1].
Eps = Annotated[
    float,
    BeforeValidator(_number_or_fraction),
    Field(gt=0, le=1),
    WithJsonSchema(_number_schema(1), mode="validation"),
]


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


#: A moment, written as RFC 3339 in UTC.
Timestamp = Annotated[AwareDatetime, PlainSerializer(_rfc3339, return_type=str, when_used="json")]


def utc_now() -> datetime:
    """Return the present moment with its zone."""
    return datetime.now(UTC)
