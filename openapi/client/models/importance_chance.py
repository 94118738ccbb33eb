from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="ImportanceChance")


@_attrs_define
class ImportanceChance:
    """What rankings without any relation give.

    Attributes:
        spearman_sd (float | None): 1 / sqrt(neurons - 1), about 0
        levenshtein (float):
        levenshtein_indel (float):
    """

    spearman_sd: float | None
    levenshtein: float
    levenshtein_indel: float

    def to_dict(self) -> dict[str, Any]:
        spearman_sd: float | None
        spearman_sd = self.spearman_sd

        levenshtein = self.levenshtein

        levenshtein_indel = self.levenshtein_indel

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "spearman_sd": spearman_sd,
                "levenshtein": levenshtein,
                "levenshtein_indel": levenshtein_indel,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_spearman_sd(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        spearman_sd = _parse_spearman_sd(d.pop("spearman_sd"))

        levenshtein = d.pop("levenshtein")

        levenshtein_indel = d.pop("levenshtein_indel")

        importance_chance = cls(
            spearman_sd=spearman_sd,
            levenshtein=levenshtein,
            levenshtein_indel=levenshtein_indel,
        )

        return importance_chance
