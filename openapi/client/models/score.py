from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Score")


@_attrs_define
class Score:
    """
    Attributes:
        score (float):
        chance (float):
    """

    score: float
    chance: float

    def to_dict(self) -> dict[str, Any]:
        score = self.score

        chance = self.chance

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "score": score,
                "chance": chance,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        score = d.pop("score")

        chance = d.pop("chance")

        score = cls(
            score=score,
            chance=chance,
        )

        return score
