from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="ShareIntervals")


@_attrs_define
class ShareIntervals:
    """95 % intervals of the means over images.

    Attributes:
        suppression (list[float]):
        balanced (list[float]):
        promotion (list[float]):
        negligible (list[float]):
    """

    suppression: list[float]
    balanced: list[float]
    promotion: list[float]
    negligible: list[float]

    def to_dict(self) -> dict[str, Any]:
        suppression = []
        for suppression_item_data in self.suppression:
            suppression_item: float
            suppression_item = suppression_item_data
            suppression.append(suppression_item)

        balanced = []
        for balanced_item_data in self.balanced:
            balanced_item: float
            balanced_item = balanced_item_data
            balanced.append(balanced_item)

        promotion = []
        for promotion_item_data in self.promotion:
            promotion_item: float
            promotion_item = promotion_item_data
            promotion.append(promotion_item)

        negligible = []
        for negligible_item_data in self.negligible:
            negligible_item: float
            negligible_item = negligible_item_data
            negligible.append(negligible_item)

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
        suppression = []
        _suppression = d.pop("suppression")
        for suppression_item_data in _suppression:

            def _parse_suppression_item(data: object) -> float:
                return cast(float, data)

            suppression_item = _parse_suppression_item(suppression_item_data)

            suppression.append(suppression_item)

        balanced = []
        _balanced = d.pop("balanced")
        for balanced_item_data in _balanced:

            def _parse_balanced_item(data: object) -> float:
                return cast(float, data)

            balanced_item = _parse_balanced_item(balanced_item_data)

            balanced.append(balanced_item)

        promotion = []
        _promotion = d.pop("promotion")
        for promotion_item_data in _promotion:

            def _parse_promotion_item(data: object) -> float:
                return cast(float, data)

            promotion_item = _parse_promotion_item(promotion_item_data)

            promotion.append(promotion_item)

        negligible = []
        _negligible = d.pop("negligible")
        for negligible_item_data in _negligible:

            def _parse_negligible_item(data: object) -> float:
                return cast(float, data)

            negligible_item = _parse_negligible_item(negligible_item_data)

            negligible.append(negligible_item)

        share_intervals = cls(
            suppression=suppression,
            balanced=balanced,
            promotion=promotion,
            negligible=negligible,
        )

        return share_intervals
