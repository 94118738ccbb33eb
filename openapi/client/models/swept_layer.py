from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="SweptLayer")


@_attrs_define
class SweptLayer:
    """A layer at one tap; of each eps the mean over its neurons, null where none has a value.

    Attributes:
        name (str):
        tap (str): Where the layer was really tapped
        ratio (list[float | None]): sigma_ratio (Eq. 11)
        sensitivity (list[float]): sigma (Eq. 1)
    """

    name: str
    tap: str
    ratio: list[float | None]
    sensitivity: list[float]

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        tap = self.tap

        ratio = []
        for ratio_item_data in self.ratio:
            ratio_item: float | None
            ratio_item = ratio_item_data
            ratio.append(ratio_item)

        sensitivity = self.sensitivity

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "tap": tap,
                "ratio": ratio,
                "sensitivity": sensitivity,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        tap = d.pop("tap")

        ratio = []
        _ratio = d.pop("ratio")
        for ratio_item_data in _ratio:

            def _parse_ratio_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast(float | None, data)

            ratio_item = _parse_ratio_item(ratio_item_data)

            ratio.append(ratio_item)

        sensitivity = cast(list[float], d.pop("sensitivity"))

        swept_layer = cls(
            name=name,
            tap=tap,
            ratio=ratio,
            sensitivity=sensitivity,
        )

        return swept_layer
