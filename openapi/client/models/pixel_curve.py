from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="PixelCurve")


@_attrs_define
class PixelCurve:
    """The share of images that at most so many pixels fool.

    Attributes:
        pixels (list[int]):
        success (list[float]):
    """

    pixels: list[int]
    success: list[float]

    def to_dict(self) -> dict[str, Any]:
        pixels = self.pixels

        success = self.success

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "pixels": pixels,
                "success": success,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        pixels = cast(list[int], d.pop("pixels"))

        success = cast(list[float], d.pop("success"))

        pixel_curve = cls(
            pixels=pixels,
            success=success,
        )

        return pixel_curve
