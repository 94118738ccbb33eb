from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Shares")


@_attrs_define
class Shares:
    """Shares of the perturbed groups, that add up to 1.

    Attributes:
        suppression (float):
        balanced (float):
        promotion (float):
        negligible (float):
    """

    suppression: float
    balanced: float
    promotion: float
    negligible: float

    def to_dict(self) -> dict[str, Any]:
        suppression = self.suppression

        balanced = self.balanced

        promotion = self.promotion

        negligible = self.negligible

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "suppression": suppression,
                "balanced": balanced,
                "promotion": promotion,
                "negligible": negligible,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        suppression = d.pop("suppression")

        balanced = d.pop("balanced")

        promotion = d.pop("promotion")

        negligible = d.pop("negligible")

        shares = cls(
            suppression=suppression,
            balanced=balanced,
            promotion=promotion,
            negligible=negligible,
        )

        return shares
