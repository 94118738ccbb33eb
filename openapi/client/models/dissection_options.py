from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="DissectionOptions")


@_attrs_define
class DissectionOptions:
    """Overlap of every unit's highest activations with the masks that come with the images.

    Attributes:
        dataset_id (None | str | Unset): Images with masks of concepts, of the model's shape and with any labels; null
            is the audited data set
        layer (None | str | Unset): null: the last convolution that keeps places apart
        quantile (float | Unset): Share of a unit's places that count as its highest Default: 0.005.
        iou (float | Unset): A unit above it is a detector of its concept Default: 0.04.
        max_samples (int | None | Unset): Images; null is every evaluated sample, of another data set every image
    """

    dataset_id: None | str | Unset = UNSET
    layer: None | str | Unset = UNSET
    quantile: float | Unset = 0.005
    iou: float | Unset = 0.04
    max_samples: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        dataset_id: None | str | Unset
        if isinstance(self.dataset_id, Unset):
            dataset_id = UNSET
        else:
            dataset_id = self.dataset_id

        layer: None | str | Unset
        if isinstance(self.layer, Unset):
            layer = UNSET
        else:
            layer = self.layer

        quantile = self.quantile

        iou = self.iou

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if dataset_id is not UNSET:
            field_dict["dataset_id"] = dataset_id
        if layer is not UNSET:
            field_dict["layer"] = layer
        if quantile is not UNSET:
            field_dict["quantile"] = quantile
        if iou is not UNSET:
            field_dict["iou"] = iou
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_dataset_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        dataset_id = _parse_dataset_id(d.pop("dataset_id", UNSET))

        def _parse_layer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        layer = _parse_layer(d.pop("layer", UNSET))

        quantile = d.pop("quantile", UNSET)

        iou = d.pop("iou", UNSET)

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        dissection_options = cls(
            dataset_id=dataset_id,
            layer=layer,
            quantile=quantile,
            iou=iou,
            max_samples=max_samples,
        )

        return dissection_options
