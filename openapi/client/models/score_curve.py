from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="ScoreCurve")


@_attrs_define
class ScoreCurve:
    """Mean scores against the quantile, beside chance.

    Attributes:
        quantiles (list[float]):
        true_ (list[float]):
        true_chance (list[float]):
        target (list[float]):
        target_chance (list[float]):
    """

    quantiles: list[float]
    true_: list[float]
    true_chance: list[float]
    target: list[float]
    target_chance: list[float]

    def to_dict(self) -> dict[str, Any]:
        quantiles = self.quantiles

        true_ = self.true_

        true_chance = self.true_chance

        target = self.target

        target_chance = self.target_chance

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "quantiles": quantiles,
                "true": true_,
                "true_chance": true_chance,
                "target": target,
                "target_chance": target_chance,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        quantiles = cast(list[float], d.pop("quantiles"))

        true_ = cast(list[float], d.pop("true"))

        true_chance = cast(list[float], d.pop("true_chance"))

        target = cast(list[float], d.pop("target"))

        target_chance = cast(list[float], d.pop("target_chance"))

        score_curve = cls(
            quantiles=quantiles,
            true_=true_,
            true_chance=true_chance,
            target=target,
            target_chance=target_chance,
        )

        return score_curve
