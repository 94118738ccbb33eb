from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NeuronOptionsOutputSimilarityOptions")


@_attrs_define
class NeuronOptionsOutputSimilarityOptions:
    """On the targeted pairs of `importance`; where that is null they are made with its defaults.

    Attributes:
        fraction (float | Unset): Share of a layer's neurons in a ranking Default: 0.1.
        max_samples (int | None | Unset): Images for the pairs where `importance` is null; else those of `importance`
    """

    fraction: float | Unset = 0.1
    max_samples: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        fraction = self.fraction

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if fraction is not UNSET:
            field_dict["fraction"] = fraction
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        fraction = d.pop("fraction", UNSET)

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        neuron_options_output_similarity_options = cls(
            fraction=fraction,
            max_samples=max_samples,
        )

        return neuron_options_output_similarity_options
