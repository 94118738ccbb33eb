from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.region_classes import RegionClasses


T = TypeVar("T", bound="Region")


@_attrs_define
class Region:
    """
    Attributes:
        region (int):
        pixels (int):
        tried (int): Pixels searched
        vulnerable (int): Of them with a value that fools
        density (float): vulnerable / tried
        success_rate (float | None): Values that fool by values tried; null where none changes anything
        first_hit (int | None): Queries in the region, in its random order, up to the first that fools
        classes (RegionClasses): Class reached → hits
        semantic (float | None):
        name (None | str | Unset): Of the mask that it is, with `masks`; `rest` is what none covers
    """

    region: int
    pixels: int
    tried: int
    vulnerable: int
    density: float
    success_rate: float | None
    first_hit: int | None
    classes: RegionClasses
    semantic: float | None
    name: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        region = self.region

        pixels = self.pixels

        tried = self.tried

        vulnerable = self.vulnerable

        density = self.density

        success_rate: float | None
        success_rate = self.success_rate

        first_hit: int | None
        first_hit = self.first_hit

        classes = self.classes.to_dict()

        semantic: float | None
        semantic = self.semantic

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "region": region,
                "pixels": pixels,
                "tried": tried,
                "vulnerable": vulnerable,
                "density": density,
                "success_rate": success_rate,
                "first_hit": first_hit,
                "classes": classes,
                "semantic": semantic,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.region_classes import RegionClasses  # noqa: PLC0415

        d = dict(src_dict)
        region = d.pop("region")

        pixels = d.pop("pixels")

        tried = d.pop("tried")

        vulnerable = d.pop("vulnerable")

        density = d.pop("density")

        def _parse_success_rate(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        success_rate = _parse_success_rate(d.pop("success_rate"))

        def _parse_first_hit(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        first_hit = _parse_first_hit(d.pop("first_hit"))

        classes = RegionClasses.from_dict(d.pop("classes"))

        def _parse_semantic(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        semantic = _parse_semantic(d.pop("semantic"))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        region = cls(
            region=region,
            pixels=pixels,
            tried=tried,
            vulnerable=vulnerable,
            density=density,
            success_rate=success_rate,
            first_hit=first_hit,
            classes=classes,
            semantic=semantic,
            name=name,
        )

        return region
