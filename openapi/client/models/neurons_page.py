from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.neurons_page_sort import NeuronsPageSort

if TYPE_CHECKING:
    from ..models.neuron_view import NeuronView


T = TypeVar("T", bound="NeuronsPage")


@_attrs_define
class NeuronsPage:
    """Neurons of a layer: over all fooled images, those of a cell of the matrix, or one image.

    Attributes:
        next_cursor (None | str): `cursor` of the next page; null on the last one
        layer (str):
        sort (NeuronsPageSort):
        n (int | None): Images that the measures are means over; null where there are none
        items (list[NeuronView]):
    """

    next_cursor: None | str
    layer: str
    sort: NeuronsPageSort
    n: int | None
    items: list[NeuronView]

    def to_dict(self) -> dict[str, Any]:
        next_cursor: None | str
        next_cursor = self.next_cursor

        layer = self.layer

        sort = self.sort.value

        n: int | None
        n = self.n

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "next_cursor": next_cursor,
                "layer": layer,
                "sort": sort,
                "n": n,
                "items": items,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.neuron_view import NeuronView  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        layer = d.pop("layer")

        sort = NeuronsPageSort(d.pop("sort"))

        def _parse_n(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        n = _parse_n(d.pop("n"))

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = NeuronView.from_dict(items_item_data)

            items.append(items_item)

        neurons_page = cls(
            next_cursor=next_cursor,
            layer=layer,
            sort=sort,
            n=n,
            items=items,
        )

        return neurons_page
