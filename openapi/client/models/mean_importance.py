from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="MeanImportance")


@_attrs_define
class MeanImportance:
    """Over the targets that have a value.

    Attributes:
        spearman (float | None):
        levenshtein (float | None):
        levenshtein_indel (float | None):
    """

    spearman: float | None
    levenshtein: float | None
    levenshtein_indel: float | None

    def to_dict(self) -> dict[str, Any]:
        spearman: float | None
        spearman = self.spearman

        levenshtein: float | None
        levenshtein = self.levenshtein

        levenshtein_indel: float | None
        levenshtein_indel = self.levenshtein_indel

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "spearman": spearman,
                "levenshtein": levenshtein,
                "levenshtein_indel": levenshtein_indel,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_spearman(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        spearman = _parse_spearman(d.pop("spearman"))

        def _parse_levenshtein(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        levenshtein = _parse_levenshtein(d.pop("levenshtein"))

        def _parse_levenshtein_indel(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        levenshtein_indel = _parse_levenshtein_indel(d.pop("levenshtein_indel"))

        mean_importance = cls(
            spearman=spearman,
            levenshtein=levenshtein,
            levenshtein_indel=levenshtein_indel,
        )

        return mean_importance
