from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Picture")


@_attrs_define
class Picture:
    """A PNG picture, and what it shows in words.

    Attributes:
        what (str):
        href (str):
        alt (str): Text alternative
    """

    what: str
    href: str
    alt: str

    def to_dict(self) -> dict[str, Any]:
        what = self.what

        href = self.href

        alt = self.alt

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "what": what,
                "href": href,
                "alt": alt,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        what = d.pop("what")

        href = d.pop("href")

        alt = d.pop("alt")

        picture = cls(
            what=what,
            href=href,
            alt=alt,
        )

        return picture
