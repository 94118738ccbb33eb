"""The base of every contract model, and the few scalar types they share."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema


class Frozen(BaseModel):
    """An immutable model that refuses unknown fields, so that a misspelt option is an error and never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())


def _number_or_fraction(value: Any) -> Any:
    """Read ``"8/255"`` as the float 8/255; leave everything else to pydantic."""
    if not isinstance(value, str):
        return value
    try:
        return float(Fraction(value.replace(" ", "")))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError('write a number such as 0.03, or a fraction such as "8/255"') from error


_NUMBER_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "examples": ["8/255"]}]}

#: A perturbation size in units of the [0, 1] pixel domain, 0 < eps <= 1; ``"8/255"`` is read as a fraction.
Eps = Annotated[
    float,
    BeforeValidator(_number_or_fraction),
    Field(gt=0, le=1, allow_inf_nan=False),
    WithJsonSchema(_NUMBER_SCHEMA, mode="validation"),
]

#: A positive number that may be written as a fraction; L2 and L1 radii may exceed 1.
Radius = Annotated[
    float,
    BeforeValidator(_number_or_fraction),
    Field(gt=0, allow_inf_nan=False),
    WithJsonSchema(_NUMBER_SCHEMA, mode="validation"),
]


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


#: A moment, written as RFC 3339 in UTC.
Timestamp = Annotated[AwareDatetime, PlainSerializer(_rfc3339, return_type=str, when_used="json")]


def utc_now() -> datetime:
    """Return the present moment with its zone."""
    return datetime.now(UTC)
