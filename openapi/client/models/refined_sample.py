from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RefinedSample")


@_attrs_define
class RefinedSample:
    """
    Attributes:
        before (float): L2 norm of the perturbation
        after (float):
        success (bool): Whether the pruned example, as it is stored, still fools
    """

    before: float
    after: float
    success: bool

    def to_dict(self) -> dict[str, Any]:
        before = self.before

        after = self.after

        success = self.success

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "before": before,
                "after": after,
                "success": success,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        before = d.pop("before")

        after = d.pop("after")

        success = d.pop("success")

        refined_sample = cls(
            before=before,
            after=after,
            success=success,
        )

        return refined_sample
