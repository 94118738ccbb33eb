from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="ClassBand")


@_attrs_define
class ClassBand:
    """The neuron's contribution to a class, over the benign images that are taken for it.

    Attributes:
        label (int):
        name (None | str):
        n (int):
        mean (float):
        low (float): The confidence band: mean - z sd
        high (float):
    """

    label: int
    name: None | str
    n: int
    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, Any]:
        label = self.label

        name: None | str
        name = self.name

        n = self.n

        mean = self.mean

        low = self.low

        high = self.high

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "label": label,
                "name": name,
                "n": n,
                "mean": mean,
                "low": low,
                "high": high,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        label = d.pop("label")

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        n = d.pop("n")

        mean = d.pop("mean")

        low = d.pop("low")

        high = d.pop("high")

        class_band = cls(
            label=label,
            name=name,
            n=n,
            mean=mean,
            low=low,
            high=high,
        )

        return class_band
