from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NeuronRank")


@_attrs_define
class NeuronRank:
    """
    Attributes:
        neuron (int):
        sensitivity (float):
        ratio (float | None): sigma_ratio (Eq. 11); null for a dead neuron or one without a sample left
        rank (int):
        skipped (int | Unset): Samples left out of `ratio` because the benign output is 0 (zero_policy skip) Default: 0.
    """

    neuron: int
    sensitivity: float
    ratio: float | None
    rank: int
    skipped: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        neuron = self.neuron

        sensitivity = self.sensitivity

        ratio: float | None
        ratio = self.ratio

        rank = self.rank

        skipped = self.skipped

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "neuron": neuron,
                "sensitivity": sensitivity,
                "ratio": ratio,
                "rank": rank,
            }
        )
        if skipped is not UNSET:
            field_dict["skipped"] = skipped

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        neuron = d.pop("neuron")

        sensitivity = d.pop("sensitivity")

        def _parse_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        ratio = _parse_ratio(d.pop("ratio"))

        rank = d.pop("rank")

        skipped = d.pop("skipped", UNSET)

        neuron_rank = cls(
            neuron=neuron,
            sensitivity=sensitivity,
            ratio=ratio,
            rank=rank,
            skipped=skipped,
        )

        return neuron_rank
