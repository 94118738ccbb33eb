from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="GroupMap")


@_attrs_define
class GroupMap:
    """A number for each group of pixels, row by row.

    Attributes:
        promotion (list[list[float]]): p_i: how much the group raises the target's logit
        suppression (list[list[float]]): s_i: how much it lowers the true class's logit
        psr (list[list[float]]): log2(max(p_i, kappa) / max(s_i, kappa))
        kind (list[list[int]]): -1 suppression, 0 balanced, 1 promotion, 2 negligible, 3 not perturbed
    """

    promotion: list[list[float]]
    suppression: list[list[float]]
    psr: list[list[float]]
    kind: list[list[int]]

    def to_dict(self) -> dict[str, Any]:
        promotion = []
        for promotion_item_data in self.promotion:
            promotion_item = promotion_item_data

            promotion.append(promotion_item)

        suppression = []
        for suppression_item_data in self.suppression:
            suppression_item = suppression_item_data

            suppression.append(suppression_item)

        psr = []
        for psr_item_data in self.psr:
            psr_item = psr_item_data

            psr.append(psr_item)

        kind = []
        for kind_item_data in self.kind:
            kind_item = kind_item_data

            kind.append(kind_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "promotion": promotion,
                "suppression": suppression,
                "psr": psr,
                "kind": kind,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        promotion = []
        _promotion = d.pop("promotion")
        for promotion_item_data in _promotion:
            promotion_item = cast(list[float], promotion_item_data)

            promotion.append(promotion_item)

        suppression = []
        _suppression = d.pop("suppression")
        for suppression_item_data in _suppression:
            suppression_item = cast(list[float], suppression_item_data)

            suppression.append(suppression_item)

        psr = []
        _psr = d.pop("psr")
        for psr_item_data in _psr:
            psr_item = cast(list[float], psr_item_data)

            psr.append(psr_item)

        kind = []
        _kind = d.pop("kind")
        for kind_item_data in _kind:
            kind_item = cast(list[int], kind_item_data)

            kind.append(kind_item)

        group_map = cls(
            promotion=promotion,
            suppression=suppression,
            psr=psr,
            kind=kind,
        )

        return group_map
