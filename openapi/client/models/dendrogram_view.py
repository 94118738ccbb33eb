from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="DendrogramView")


@_attrs_define
class DendrogramView:
    """The linkage matrix as scipy has it.

    Attributes:
        layer (str):
        linkage (str):
        merges (list[list[float | int]]): Two clusters each, the height at which they are joined, and their neurons;
            neurons are the clusters 0 to m - 1, the i-th merge makes the cluster m + i
        order (list[int]): The neurons from left to right
    """

    layer: str
    linkage: str
    merges: list[list[float | int]]
    order: list[int]

    def to_dict(self) -> dict[str, Any]:
        layer = self.layer

        linkage = self.linkage

        merges = []
        for merges_item_data in self.merges:
            merges_item = []
            for merges_item_item_data in merges_item_data:
                merges_item_item: float | int
                merges_item_item = merges_item_item_data
                merges_item.append(merges_item_item)

            merges.append(merges_item)

        order = self.order

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "layer": layer,
                "linkage": linkage,
                "merges": merges,
                "order": order,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        layer = d.pop("layer")

        linkage = d.pop("linkage")

        merges = []
        _merges = d.pop("merges")
        for merges_item_data in _merges:
            merges_item = []
            _merges_item = merges_item_data
            for merges_item_item_data in _merges_item:

                def _parse_merges_item_item(data: object) -> float | int:
                    return cast(float | int, data)

                merges_item_item = _parse_merges_item_item(merges_item_item_data)

                merges_item.append(merges_item_item)

            merges.append(merges_item)

        order = cast(list[int], d.pop("order"))

        dendrogram_view = cls(
            layer=layer,
            linkage=linkage,
            merges=merges,
            order=order,
        )

        return dendrogram_view
