from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RefinedMean")


@_attrs_define
class RefinedMean:
    """
    Attributes:
        n (int):
        before (float):
        after (float):
        success (float): Share of the pruned examples that still fool
    """

    n: int
    before: float
    after: float
    success: float

    def to_dict(self) -> dict[str, Any]:
        n = self.n

        before = self.before

        after = self.after

        success = self.success

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "n": n,
                "before": before,
                "after": after,
                "success": success,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        n = d.pop("n")

        before = d.pop("before")

        after = d.pop("after")

        success = d.pop("success")

        refined_mean = cls(
            n=n,
            before=before,
            after=after,
            success=success,
        )

        return refined_mean
