from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="Plane")


@_attrs_define
class Plane:
    """
    Attributes:
        x (list[float]):
        y (list[float]):
    """

    x: list[float]
    y: list[float]

    def to_dict(self) -> dict[str, Any]:
        x = self.x

        y = self.y

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "x": x,
                "y": y,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        x = cast(list[float], d.pop("x"))

        y = cast(list[float], d.pop("y"))

        plane = cls(
            x=x,
            y=y,
        )

        return plane
