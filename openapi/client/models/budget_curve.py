from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="BudgetCurve")


@_attrs_define
class BudgetCurve:
    """The share of images in which so large a share of every region's pixels finds a vulnerable one.

    Attributes:
        budget (list[float]):
        success (list[float]):
    """

    budget: list[float]
    success: list[float]

    def to_dict(self) -> dict[str, Any]:
        budget = self.budget

        success = self.success

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "budget": budget,
                "success": success,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        budget = cast(list[float], d.pop("budget"))

        success = cast(list[float], d.pop("success"))

        budget_curve = cls(
            budget=budget,
            success=success,
        )

        return budget_curve
