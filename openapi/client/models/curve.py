from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="Curve")


@_attrs_define
class Curve:
    """Of every neuron its contribution to one class, and the confidence band of the images of that class.

    Attributes:
        label (int):
        contribution (list[float]):
        low (list[float] | None): Null where no benign image is taken for the class
        high (list[float] | None):
    """

    label: int
    contribution: list[float]
    low: list[float] | None
    high: list[float] | None

    def to_dict(self) -> dict[str, Any]:
        label = self.label

        contribution = self.contribution

        low: list[float] | None
        if isinstance(self.low, list):
            low = self.low

        else:
            low = self.low

        high: list[float] | None
        if isinstance(self.high, list):
            high = self.high

        else:
            high = self.high

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "label": label,
                "contribution": contribution,
                "low": low,
                "high": high,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        label = d.pop("label")

        contribution = cast(list[float], d.pop("contribution"))

        def _parse_low(data: object) -> list[float] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                low_type_0 = cast(list[float], data)

                return low_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[float] | None, data)

        low = _parse_low(d.pop("low"))

        def _parse_high(data: object) -> list[float] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                high_type_0 = cast(list[float], data)

                return high_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[float] | None, data)

        high = _parse_high(d.pop("high"))

        curve = cls(
            label=label,
            contribution=contribution,
            low=low,
            high=high,
        )

        return curve
