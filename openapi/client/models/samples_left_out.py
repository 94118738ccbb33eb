from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.samples_left_out_side import SamplesLeftOutSide

T = TypeVar("T", bound="SamplesLeftOut")


@_attrs_define
class SamplesLeftOut:
    """Samples that only one side evaluated.

    Attributes:
        side (SamplesLeftOutSide): Who evaluated them
        n (int):
        index (list[int]): The first 1000 of them
    """

    side: SamplesLeftOutSide
    n: int
    index: list[int]

    def to_dict(self) -> dict[str, Any]:
        side = self.side.value

        n = self.n

        index = self.index

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "side": side,
                "n": n,
                "index": index,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        side = SamplesLeftOutSide(d.pop("side"))

        n = d.pop("n")

        index = cast(list[int], d.pop("index"))

        samples_left_out = cls(
            side=side,
            n=n,
            index=index,
        )

        return samples_left_out
