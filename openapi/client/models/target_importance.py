from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="TargetImportance")


@_attrs_define
class TargetImportance:
    """One target; nulls where no image was brought there.

    Attributes:
        target (int):
        tried (int): Images of another class
        n (int): Images whose example is classified as the target
        important (list[int] | None): Top k by weighted vote over the images (Eq. 5)
        sensitive (list[int] | None): Top k by sigma of those pairs (Eq. 1)
        spearman (float | None): Of sigma and mean phi over all neurons (Eq. 6), tie-corrected
        levenshtein (float | None): Of `important` and `sensitive` (Eq. 8)
        levenshtein_indel (float | None): The same with substitutions counted as 2
    """

    target: int
    tried: int
    n: int
    important: list[int] | None
    sensitive: list[int] | None
    spearman: float | None
    levenshtein: float | None
    levenshtein_indel: float | None

    def to_dict(self) -> dict[str, Any]:
        target = self.target

        tried = self.tried

        n = self.n

        important: list[int] | None
        if isinstance(self.important, list):
            important = self.important

        else:
            important = self.important

        sensitive: list[int] | None
        if isinstance(self.sensitive, list):
            sensitive = self.sensitive

        else:
            sensitive = self.sensitive

        spearman: float | None
        spearman = self.spearman

        levenshtein: float | None
        levenshtein = self.levenshtein

        levenshtein_indel: float | None
        levenshtein_indel = self.levenshtein_indel

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "target": target,
                "tried": tried,
                "n": n,
                "important": important,
                "sensitive": sensitive,
                "spearman": spearman,
                "levenshtein": levenshtein,
                "levenshtein_indel": levenshtein_indel,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        target = d.pop("target")

        tried = d.pop("tried")

        n = d.pop("n")

        def _parse_important(data: object) -> list[int] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                important_type_0 = cast(list[int], data)

                return important_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None, data)

        important = _parse_important(d.pop("important"))

        def _parse_sensitive(data: object) -> list[int] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                sensitive_type_0 = cast(list[int], data)

                return sensitive_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None, data)

        sensitive = _parse_sensitive(d.pop("sensitive"))

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

        target_importance = cls(
            target=target,
            tried=tried,
            n=n,
            important=important,
            sensitive=sensitive,
            spearman=spearman,
            levenshtein=levenshtein,
            levenshtein_indel=levenshtein_indel,
        )

        return target_importance
