from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="Hits")


@_attrs_define
class Hits:
    """Single pixels that fool, column by column.

    Attributes:
        y (list[int]):
        x (list[int]):
        value (list[list[float]]): Of each channel, in [0, 1]
        label (list[int]): The class that it is then taken for
    """

    y: list[int]
    x: list[int]
    value: list[list[float]]
    label: list[int]

    def to_dict(self) -> dict[str, Any]:
        y = self.y

        x = self.x

        value = []
        for value_item_data in self.value:
            value_item = value_item_data

            value.append(value_item)

        label = self.label

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "y": y,
                "x": x,
                "value": value,
                "label": label,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        y = cast(list[int], d.pop("y"))

        x = cast(list[int], d.pop("x"))

        value = []
        _value = d.pop("value")
        for value_item_data in _value:
            value_item = cast(list[float], value_item_data)

            value.append(value_item)

        label = cast(list[int], d.pop("label"))

        hits = cls(
            y=y,
            x=x,
            value=value,
            label=label,
        )

        return hits
