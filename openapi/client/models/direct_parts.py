from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.part_address import PartAddress


T = TypeVar("T", bound="DirectParts")


@_attrs_define
class DirectParts:
    """Where the parts of a file go.

    Attributes:
        part_size (int): Bytes of each part but the last
        expires_at (str): How long the addresses hold; `GET /v1/uploads/{id}` gives new ones
        items (list[PartAddress]):
    """

    part_size: int
    expires_at: str
    items: list[PartAddress]

    def to_dict(self) -> dict[str, Any]:
        part_size = self.part_size

        expires_at = self.expires_at

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "part_size": part_size,
                "expires_at": expires_at,
                "items": items,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.part_address import PartAddress  # noqa: PLC0415

        d = dict(src_dict)
        part_size = d.pop("part_size")

        expires_at = d.pop("expires_at")

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = PartAddress.from_dict(items_item_data)

            items.append(items_item)

        direct_parts = cls(
            part_size=part_size,
            expires_at=expires_at,
            items=items,
        )

        return direct_parts
