"""The base of every contract model, and the few scalar types they share."""

import math
import re
from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    SerializationInfo,
    SkipValidation,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)

from openapi.patterns import SOMETHING


class Frozen(BaseModel):
    """An immutable model that refuses unknown fields, so that a misspelt option is an error and never ignored.

    None of its numbers is NaN or infinite: such ones are refused, in requests, in messages and in reports alike.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=(), allow_inf_nan=False
    )


#: For ``model_validate(…, extra=NEWER)`` of what a newer version may have written: fields that this one does not know
#: are left out, at any depth. Workers are replaced first when a version follows another, so that this is how the service
#: reads what they say; what they are told themselves they read strictly, since results depend on all of it.
NEWER: Literal["ignore"] = "ignore"


def fields_of(model: type[BaseModel]) -> dict[str, object]:
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


#: A JSON object whose fields are not known here: it is made, or passed on, and whoever reads it looks what each value is.
#: Models take its values as they are: what was read from JSON needs no second look.
JsonObject: TypeAlias = dict[str, Annotated[JsonValue, SkipValidation()]]

#: A field of a model that holds one: what stages leave for the report, what a stage is told.
Json = Annotated[dict[str, Any], BeforeValidator(storable)]

#: The id of something that is here.
Id = Annotated[str, Field(min_length=1, max_length=64)]

#: What people call a thing: something that can be seen.
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=SOMETHING)]

#: Free labels or tags of the caller's.
Labels = Annotated[
    dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=400)]], Field(max_length=64)
]

#: Class names, in the order of the classes.
ClassNames = Annotated[tuple[Annotated[str, Field(max_length=500)], ...], Field(max_length=100_000, fail_fast=True)]

#: Sizes and counts beyond this are mistakes; every float up to it is exact as an integer.
MOST = 1_000_000_000

_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?"
#: ``8/255``, ``0.5/255`` or a plain number: so short that it costs nothing to compute.
_FRACTION = rf"^ *{_NUMBER} *(?:/ *{_NUMBER} *)?$"
_LONGEST_FRACTION = 60
_NUMBER_OR_FRACTION = 'write a number such as 0.03, or a fraction such as "8/255"'


class Written(float):
    """A number that remembers the fraction it was written as, ``"8/255"``; to everything else it is the float."""

    text: str

    def __new__(cls, value: float, text: str) -> "Written":
        """Return `value`, written as `text`."""
        number = super().__new__(cls, value)
        number.text = text
        return number


#: Larger numbers of grey levels are not written as a fraction of 255.
_MOST_LEVELS = 128


def as_written(value: float) -> str:
    """The number as people wrote it: the fraction that it was given as; else its digits, if six of them say all of it;
    else k/255 where it is that float exactly (somebody computed it); else six digits.
    """
    if isinstance(value, Written):
        return value.text
    short, levels = f"{value:.6g}", round(value * 255)
    if float(short) != value and 1 <= levels <= _MOST_LEVELS and levels / 255 == value:
        return f"{levels}/255"
    return short


def _number_or_fraction(value: Any, number: ValidatorFunctionWrapHandler) -> float:
    """Read ``"8/255"`` as the float 8/255 that knows how it was written; leave everything else to pydantic."""
    if isinstance(value, bool | list | dict):
        raise ValueError(_NUMBER_OR_FRACTION)
    if not isinstance(value, str):
        plain: float = number(value)
        return Written(plain, value.text) if isinstance(value, Written) else plain
    try:
        if len(value) > _LONGEST_FRACTION or not re.fullmatch(_FRACTION, value):
            raise ValueError("not a fraction")
        top, slash, bottom = (part.strip() for part in value.partition("/"))
        quotient = float(Fraction(top) / Fraction(bottom or 1))
    except (ValueError, ArithmeticError) as error:
        raise ValueError(_NUMBER_OR_FRACTION) from error
    found: float = number(quotient)
    return Written(found, f"{top}/{bottom}") if slash else found


#: For `model_dump(context=AS_WRITTEN)`: fractions are dumped as they were written, to be read again where reports are
#: made. Without it they are numbers.
AS_WRITTEN = {"as_written": True}


def _dumped(value: float, info: SerializationInfo) -> float | str:
    if isinstance(value, Written) and info.context and info.context.get("as_written"):
        return value.text
    return float(value)


def _number_schema(most: float, least: float | None = None) -> JsonObject:
    low: JsonObject = {"exclusiveMinimum": 0} if least is None else {"minimum": least}
    return {"type": "number", **low, "maximum": most}


def _written_schema(most: float, least: float | None = None) -> JsonObject:
    text: JsonObject = {"type": "string", "pattern": _FRACTION, "maxLength": _LONGEST_FRACTION, "examples": ["8/255"]}
    return {"anyOf": [_number_schema(most, least), text]}


#: A positive number that may be written as a fraction; L2 and L1 radii may exceed 1.
Radius = Annotated[
    float,
    Field(gt=0, le=MOST),
    WrapValidator(_number_or_fraction),
    PlainSerializer(_dumped),
    WithJsonSchema(_number_schema(MOST), mode="serialization"),
    WithJsonSchema(_written_schema(MOST), mode="validation"),
]


#: A Radius of the L-infinity norm: pixels are in [0, 1].
Eps = Annotated[
    float,
    Field(gt=0, le=1),
    WrapValidator(_number_or_fraction),
    PlainSerializer(_dumped),
    WithJsonSchema(_number_schema(1), mode="serialization"),
    WithJsonSchema(_written_schema(1), mode="validation"),
]


#: The least that a pixel can move by. Pixels are float32 in [0, 1]; from 0.5 on the next number is 2**-24 away, so that a
#: change of less than half of that is rounded off. It bounds every norm alike: a change whose norm is smaller moves no
#: pixel by more.
LEAST_CHANGE = 2.0**-25


def _a_change(value: float) -> float:
    if value < LEAST_CHANGE:
        raise ValueError(
            f"{value:g} changes nothing: pixels are float32, and half of their range moves by 2^-25 (about 3e-8) at least"
        )
    return value


#: A Radius that pixels of a request are changed by: an eps, a step. Answers may hold smaller ones, of earlier requests.
Change = Annotated[
    float,
    Field(gt=0, le=MOST),
    WrapValidator(_number_or_fraction),
    AfterValidator(_a_change),
    PlainSerializer(_dumped),
    WithJsonSchema(_number_schema(MOST), mode="serialization"),
    WithJsonSchema(_written_schema(MOST, LEAST_CHANGE), mode="validation"),
]

#: A Change of the L-infinity norm.
EpsChange = Annotated[
    float,
    Field(gt=0, le=1),
    WrapValidator(_number_or_fraction),
    AfterValidator(_a_change),
    PlainSerializer(_dumped),
    WithJsonSchema(_number_schema(1), mode="serialization"),
    WithJsonSchema(_written_schema(1, LEAST_CHANGE), mode="validation"),
]


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


#: A moment, written as RFC 3339 in UTC.
Timestamp = Annotated[AwareDatetime, PlainSerializer(_rfc3339, return_type=str, when_used="json")]


def utc_now() -> datetime:
    """Return the present moment with its zone."""
    return datetime.now(UTC)
