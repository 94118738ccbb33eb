from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.direct_parts import DirectParts


T = TypeVar("T", bound="UploadInfo")


@_attrs_define
class UploadInfo:
    """A file on its way: how much of it has come, and until when the rest is waited for.

    Attributes:
        id (str):
        filename (str):
        length (int): Bytes that the whole file has
        offset (int): Bytes that have come and are kept: where the next part begins
        created_at (str):
        expires_at (str): When it is removed unless more of it comes
        sha256 (None | str | Unset): What `Repr-Digest` said of the whole file; compared when something is made of it
        direct (bool | Unset): Whether its parts go directly to the store; else they come by PATCH Default: False.
        parts (DirectParts | None | Unset): Where its parts go, while they do; null in lists, and for what comes by
            PATCH
    """

    id: str
    filename: str
    length: int
    offset: int
    created_at: str
    expires_at: str
    sha256: None | str | Unset = UNSET
    direct: bool | Unset = False
    parts: DirectParts | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.direct_parts import DirectParts  # noqa: PLC0415

        id = self.id

        filename = self.filename

        length = self.length

        offset = self.offset

        created_at = self.created_at

        expires_at = self.expires_at

        sha256: None | str | Unset
        if isinstance(self.sha256, Unset):
            sha256 = UNSET
        else:
            sha256 = self.sha256

        direct = self.direct

        parts: dict[str, Any] | None | Unset
        if isinstance(self.parts, Unset):
            parts = UNSET
        elif isinstance(self.parts, DirectParts):
            parts = self.parts.to_dict()
        else:
            parts = self.parts

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "filename": filename,
                "length": length,
                "offset": offset,
                "created_at": created_at,
                "expires_at": expires_at,
            }
        )
        if sha256 is not UNSET:
            field_dict["sha256"] = sha256
        if direct is not UNSET:
            field_dict["direct"] = direct
        if parts is not UNSET:
            field_dict["parts"] = parts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.direct_parts import DirectParts  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        filename = d.pop("filename")

        length = d.pop("length")

        offset = d.pop("offset")

        created_at = d.pop("created_at")

        expires_at = d.pop("expires_at")

        def _parse_sha256(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sha256 = _parse_sha256(d.pop("sha256", UNSET))

        direct = d.pop("direct", UNSET)

        def _parse_parts(data: object) -> DirectParts | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                parts_type_0 = DirectParts.from_dict(data)

                return parts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DirectParts | None | Unset, data)

        parts = _parse_parts(d.pop("parts", UNSET))

        upload_info = cls(
            id=id,
            filename=filename,
            length=length,
            offset=offset,
            created_at=created_at,
            expires_at=expires_at,
            sha256=sha256,
            direct=direct,
            parts=parts,
        )

        return upload_info
