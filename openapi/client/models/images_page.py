from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.images_page_sort import ImagesPageSort

if TYPE_CHECKING:
    from ..models.image_view import ImageView


T = TypeVar("T", bound="ImagesPage")


@_attrs_define
class ImagesPage:
    """
    Attributes:
        next_cursor (None | str): `cursor` of the next page; null on the last one
        attack (str):
        sort (ImagesPageSort):
        n (int): Images in all pages
        items (list[ImageView]):
    """

    next_cursor: None | str
    attack: str
    sort: ImagesPageSort
    n: int
    items: list[ImageView]

    def to_dict(self) -> dict[str, Any]:
        next_cursor: None | str
        next_cursor = self.next_cursor

        attack = self.attack

        sort = self.sort.value

        n = self.n

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "next_cursor": next_cursor,
                "attack": attack,
                "sort": sort,
                "n": n,
                "items": items,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.image_view import ImageView  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        attack = d.pop("attack")

        sort = ImagesPageSort(d.pop("sort"))

        n = d.pop("n")

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = ImageView.from_dict(items_item_data)

            items.append(items_item)

        images_page = cls(
            next_cursor=next_cursor,
            attack=attack,
            sort=sort,
            n=n,
            items=items,
        )

        return images_page
