from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.region_options_segmentation import RegionOptionsSegmentation
from ..models.region_options_semantic_type_0 import RegionOptionsSemanticType0
from ..models.region_options_values import RegionOptionsValues
from ..types import UNSET, Unset

T = TypeVar("T", bound="RegionOptions")


@_attrs_define
class RegionOptions:
    """Every pixel of every region of the images that the model gets right, with every value: black box.

    Attributes:
        segmentation (RegionOptionsSegmentation | Unset): How images are cut; `cam`: between quantiles of the true
            class's activation map; `masks`: by those of the data set Default: RegionOptionsSegmentation.SLIC.
        segments (int | Unset): Regions an image, about Default: 12.
        values (RegionOptionsValues | Unset): Of a pixel: the corners of the colour cube, black and white, eight random
            ones, or evolved ones Default: RegionOptionsValues.CORNERS.
        budget (float | None | Unset): Share of each region's pixels that are tried; null is all up to 1024 pixels an
            image, else about so many
        semantic (None | RegionOptionsSemanticType0 | Unset): A region's meaning: its share of the class activation map,
            or the entropy of its grey levels; null is the first where the model has a map
        pixels (int | Unset): Where one pixel does not fool, up to so many are painted greedily Default: 1.
        max_samples (int | None | Unset): Images; null is every evaluated sample Default: 100.
    """

    segmentation: RegionOptionsSegmentation | Unset = RegionOptionsSegmentation.SLIC
    segments: int | Unset = 12
    values: RegionOptionsValues | Unset = RegionOptionsValues.CORNERS
    budget: float | None | Unset = UNSET
    semantic: None | RegionOptionsSemanticType0 | Unset = UNSET
    pixels: int | Unset = 1
    max_samples: int | None | Unset = 100

    def to_dict(self) -> dict[str, Any]:
        segmentation: str | Unset = UNSET
        if not isinstance(self.segmentation, Unset):
            segmentation = self.segmentation.value

        segments = self.segments

        values: str | Unset = UNSET
        if not isinstance(self.values, Unset):
            values = self.values.value

        budget: float | None | Unset
        if isinstance(self.budget, Unset):
            budget = UNSET
        else:
            budget = self.budget

        semantic: None | str | Unset
        if isinstance(self.semantic, Unset):
            semantic = UNSET
        elif isinstance(self.semantic, RegionOptionsSemanticType0):
            semantic = self.semantic.value
        else:
            semantic = self.semantic

        pixels = self.pixels

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if segmentation is not UNSET:
            field_dict["segmentation"] = segmentation
        if segments is not UNSET:
            field_dict["segments"] = segments
        if values is not UNSET:
            field_dict["values"] = values
        if budget is not UNSET:
            field_dict["budget"] = budget
        if semantic is not UNSET:
            field_dict["semantic"] = semantic
        if pixels is not UNSET:
            field_dict["pixels"] = pixels
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _segmentation = d.pop("segmentation", UNSET)
        segmentation: RegionOptionsSegmentation | Unset
        if isinstance(_segmentation, Unset):
            segmentation = UNSET
        else:
            segmentation = RegionOptionsSegmentation(_segmentation)

        segments = d.pop("segments", UNSET)

        _values = d.pop("values", UNSET)
        values: RegionOptionsValues | Unset
        if isinstance(_values, Unset):
            values = UNSET
        else:
            values = RegionOptionsValues(_values)

        def _parse_budget(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        budget = _parse_budget(d.pop("budget", UNSET))

        def _parse_semantic(data: object) -> None | RegionOptionsSemanticType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                semantic_type_0 = RegionOptionsSemanticType0(data)

                return semantic_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RegionOptionsSemanticType0 | Unset, data)

        semantic = _parse_semantic(d.pop("semantic", UNSET))

        pixels = d.pop("pixels", UNSET)

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        region_options = cls(
            segmentation=segmentation,
            segments=segments,
            values=values,
            budget=budget,
            semantic=semantic,
            pixels=pixels,
            max_samples=max_samples,
        )

        return region_options
