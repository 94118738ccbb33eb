from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.region import Region


T = TypeVar("T", bound="RegionSample")


@_attrs_define
class RegionSample:
    """
    Attributes:
        index (int):
        label (int):
        predicted (int):
        vulnerable_regions (int):
        queries (int):
        needed_budget (float | None): Every budget above it finds a vulnerable pixel; null: none does
        few_pixels (int | None): Pixels that fool it, found greedily; null where `pixels` do not
        regions (list[Region]):
    """

    index: int
    label: int
    predicted: int
    vulnerable_regions: int
    queries: int
    needed_budget: float | None
    few_pixels: int | None
    regions: list[Region]

    def to_dict(self) -> dict[str, Any]:
        index = self.index

        label = self.label

        predicted = self.predicted

        vulnerable_regions = self.vulnerable_regions

        queries = self.queries

        needed_budget: float | None
        needed_budget = self.needed_budget

        few_pixels: int | None
        few_pixels = self.few_pixels

        regions = []
        for regions_item_data in self.regions:
            regions_item = regions_item_data.to_dict()
            regions.append(regions_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "index": index,
                "label": label,
                "predicted": predicted,
                "vulnerable_regions": vulnerable_regions,
                "queries": queries,
                "needed_budget": needed_budget,
                "few_pixels": few_pixels,
                "regions": regions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.region import Region  # noqa: PLC0415

        d = dict(src_dict)
        index = d.pop("index")

        label = d.pop("label")

        predicted = d.pop("predicted")

        vulnerable_regions = d.pop("vulnerable_regions")

        queries = d.pop("queries")

        def _parse_needed_budget(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        needed_budget = _parse_needed_budget(d.pop("needed_budget"))

        def _parse_few_pixels(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        few_pixels = _parse_few_pixels(d.pop("few_pixels"))

        regions = []
        _regions = d.pop("regions")
        for regions_item_data in _regions:
            regions_item = Region.from_dict(regions_item_data)

            regions.append(regions_item)

        region_sample = cls(
            index=index,
            label=label,
            predicted=predicted,
            vulnerable_regions=vulnerable_regions,
            queries=queries,
            needed_budget=needed_budget,
            few_pixels=few_pixels,
            regions=regions,
        )

        return region_sample
