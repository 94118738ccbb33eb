from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="Headline")


@_attrs_define
class Headline:
    """The report in one line: the least robust accuracy among the bounded threat models (among all, if none is).

    Attributes:
        clean_accuracy (float):
        worst_case (float | None):
        threat_model (None | str):
        n (int):
    """

    clean_accuracy: float
    worst_case: float | None
    threat_model: None | str
    n: int

    def to_dict(self) -> dict[str, Any]:
        clean_accuracy = self.clean_accuracy

        worst_case: float | None
        worst_case = self.worst_case

        threat_model: None | str
        threat_model = self.threat_model

        n = self.n

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "clean_accuracy": clean_accuracy,
                "worst_case": worst_case,
                "threat_model": threat_model,
                "n": n,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        clean_accuracy = d.pop("clean_accuracy")

        def _parse_worst_case(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        worst_case = _parse_worst_case(d.pop("worst_case"))

        def _parse_threat_model(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        threat_model = _parse_threat_model(d.pop("threat_model"))

        n = d.pop("n")

        headline = cls(
            clean_accuracy=clean_accuracy,
            worst_case=worst_case,
            threat_model=threat_model,
            n=n,
        )

        return headline
