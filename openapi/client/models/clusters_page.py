from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.cluster import Cluster


T = TypeVar("T", bound="ClustersPage")


@_attrs_define
class ClustersPage:
    """
    Attributes:
        next_cursor (None | str): `cursor` of the next page; null on the last one
        layer (str):
        linkage (str):
        count (int): Clusters of the cut: at most as many as were asked for, fewer where heights are equal
        height (float | None): The height of the cut; null where every neuron is alone
        classes (list[int]): Classes with benign images, of which roles are made
        items (list[Cluster]):
    """

    next_cursor: None | str
    layer: str
    linkage: str
    count: int
    height: float | None
    classes: list[int]
    items: list[Cluster]

    def to_dict(self) -> dict[str, Any]:
        next_cursor: None | str
        next_cursor = self.next_cursor

        layer = self.layer

        linkage = self.linkage

        count = self.count

        height: float | None
        height = self.height

        classes = self.classes

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "next_cursor": next_cursor,
                "layer": layer,
                "linkage": linkage,
                "count": count,
                "height": height,
                "classes": classes,
                "items": items,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cluster import Cluster  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        layer = d.pop("layer")

        linkage = d.pop("linkage")

        count = d.pop("count")

        def _parse_height(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        height = _parse_height(d.pop("height"))

        classes = cast(list[int], d.pop("classes"))

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = Cluster.from_dict(items_item_data)

            items.append(items_item)

        clusters_page = cls(
            next_cursor=next_cursor,
            layer=layer,
            linkage=linkage,
            count=count,
            height=height,
            classes=classes,
            items=items,
        )

        return clusters_page
