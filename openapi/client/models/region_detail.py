from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.hits import Hits
    from ..models.picture import Picture
    from ..models.region import Region


T = TypeVar("T", bound="RegionDetail")


@_attrs_define
class RegionDetail:
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
        pictures (list[Picture]):
        hits (Hits): Single pixels that fool, column by column.
        segments (list[list[int]] | None): The region of every pixel, row by row; null of an audit made before they were
            kept
    """

    index: int
    label: int
    predicted: int
    vulnerable_regions: int
    queries: int
    needed_budget: float | None
    few_pixels: int | None
    regions: list[Region]
    pictures: list[Picture]
    hits: Hits
    segments: list[list[int]] | None

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

        pictures = []
        for pictures_item_data in self.pictures:
            pictures_item = pictures_item_data.to_dict()
            pictures.append(pictures_item)

        hits = self.hits.to_dict()

        segments: list[list[int]] | None
        if isinstance(self.segments, list):
            segments = []
            for segments_type_0_item_data in self.segments:
                segments_type_0_item = segments_type_0_item_data

                segments.append(segments_type_0_item)

        else:
            segments = self.segments

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
                "pictures": pictures,
                "hits": hits,
                "segments": segments,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.hits import Hits  # noqa: PLC0415
        from ..models.picture import Picture  # noqa: PLC0415
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

        pictures = []
        _pictures = d.pop("pictures")
        for pictures_item_data in _pictures:
            pictures_item = Picture.from_dict(pictures_item_data)

            pictures.append(pictures_item)

        hits = Hits.from_dict(d.pop("hits"))

        def _parse_segments(data: object) -> list[list[int]] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                segments_type_0 = []
                _segments_type_0 = data
                for segments_type_0_item_data in _segments_type_0:
                    segments_type_0_item = cast(list[int], segments_type_0_item_data)

                    segments_type_0.append(segments_type_0_item)

                return segments_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[list[int]] | None, data)

        segments = _parse_segments(d.pop("segments"))

        region_detail = cls(
            index=index,
            label=label,
            predicted=predicted,
            vulnerable_regions=vulnerable_regions,
            queries=queries,
            needed_budget=needed_budget,
            few_pixels=few_pixels,
            regions=regions,
            pictures=pictures,
            hits=hits,
            segments=segments,
        )

        return region_detail
