from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="AnalysisThere")


@_attrs_define
class AnalysisThere:
    """An analysis, and whether the audit has what the calls about it answer.

    Attributes:
        analysis (str): By the field of a request that asks for it
        there (bool):
        detail (None | str): Why it is not, and what asks for it
    """

    analysis: str
    there: bool
    detail: None | str

    def to_dict(self) -> dict[str, Any]:
        analysis = self.analysis

        there = self.there

        detail: None | str
        detail = self.detail

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "analysis": analysis,
                "there": there,
                "detail": detail,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        analysis = d.pop("analysis")

        there = d.pop("there")

        def _parse_detail(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        detail = _parse_detail(d.pop("detail"))

        analysis_there = cls(
            analysis=analysis,
            there=there,
            detail=detail,
        )

        return analysis_there
