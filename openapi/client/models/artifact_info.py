from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ArtifactInfo")


@_attrs_define
class ArtifactInfo:
    """A file that a job left.

    Attributes:
        id (str):
        kind (str):
        format_ (str):
        name (str):
        size (int):
        sha256 (str):
        href (str):
        created_at (str):
    """

    id: str
    kind: str
    format_: str
    name: str
    size: int
    sha256: str
    href: str
    created_at: str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind

        format_ = self.format_

        name = self.name

        size = self.size

        sha256 = self.sha256

        href = self.href

        created_at = self.created_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "format": format_,
                "name": name,
                "size": size,
                "sha256": sha256,
                "href": href,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = d.pop("kind")

        format_ = d.pop("format")

        name = d.pop("name")

        size = d.pop("size")

        sha256 = d.pop("sha256")

        href = d.pop("href")

        created_at = d.pop("created_at")

        artifact_info = cls(
            id=id,
            kind=kind,
            format_=format_,
            name=name,
            size=size,
            sha256=sha256,
            href=href,
            created_at=created_at,
        )

        return artifact_info
