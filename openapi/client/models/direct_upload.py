from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="DirectUpload")


@_attrs_define
class DirectUpload:
    """A file that is to go directly to the store.

    Attributes:
        length (int): Bytes that the whole file has
        filename (str | Unset):  Default: ''.
        sha256 (None | str | Unset): Of the whole file, in small letters: compared when something is made of it, and
            finds it again
    """

    length: int
    filename: str | Unset = ""
    sha256: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        length = self.length

        filename = self.filename

        sha256: None | str | Unset
        if isinstance(self.sha256, Unset):
            sha256 = UNSET
        else:
            sha256 = self.sha256

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "length": length,
            }
        )
        if filename is not UNSET:
            field_dict["filename"] = filename
        if sha256 is not UNSET:
            field_dict["sha256"] = sha256

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        length = d.pop("length")

        filename = d.pop("filename", UNSET)

        def _parse_sha256(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sha256 = _parse_sha256(d.pop("sha256", UNSET))

        direct_upload = cls(
            length=length,
            filename=filename,
            sha256=sha256,
        )

        return direct_upload
