from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="PartAddress")


@_attrs_define
class PartAddress:
    """A part of a file that goes directly to the store.

    Attributes:
        number (int): From 1 on
        size (int): Bytes that it has; the store takes no other number
        url (None | str): Where it is sent by PUT, without any key of this service; null: it has come
        etag (None | str): What the store answered to it; null: it has not come
    """

    number: int
    size: int
    url: None | str
    etag: None | str

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        size = self.size

        url: None | str
        url = self.url

        etag: None | str
        etag = self.etag

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "number": number,
                "size": size,
                "url": url,
                "etag": etag,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        size = d.pop("size")

        def _parse_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        url = _parse_url(d.pop("url"))

        def _parse_etag(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        etag = _parse_etag(d.pop("etag"))

        part_address = cls(
            number=number,
            size=size,
            url=url,
            etag=etag,
        )

        return part_address
