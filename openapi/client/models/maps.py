from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.maps_kind_type_0 import MapsKindType0
from ..types import UNSET, Unset

T = TypeVar("T", bound="Maps")


@_attrs_define
class Maps:
    """The class activation maps that a model allows, or what stands in their way.

    Attributes:
        kind (MapsKindType0 | None | Unset): `cam` where the head averages a map and weighs its channels, else Grad-CAM
            at the last map
        size (list[int] | None | Unset): [rows, columns] of that map
        missing (None | str | Unset): Why there are none
    """

    kind: MapsKindType0 | None | Unset = UNSET
    size: list[int] | None | Unset = UNSET
    missing: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        kind: None | str | Unset
        if isinstance(self.kind, Unset):
            kind = UNSET
        elif isinstance(self.kind, MapsKindType0):
            kind = self.kind.value
        else:
            kind = self.kind

        size: list[int] | None | Unset
        if isinstance(self.size, Unset):
            size = UNSET
        elif isinstance(self.size, list):
            size = []
            for size_type_0_item_data in self.size:
                size_type_0_item: int
                size_type_0_item = size_type_0_item_data
                size.append(size_type_0_item)

        else:
            size = self.size

        missing: None | str | Unset
        if isinstance(self.missing, Unset):
            missing = UNSET
        else:
            missing = self.missing

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if kind is not UNSET:
            field_dict["kind"] = kind
        if size is not UNSET:
            field_dict["size"] = size
        if missing is not UNSET:
            field_dict["missing"] = missing

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_kind(data: object) -> MapsKindType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kind_type_0 = MapsKindType0(data)

                return kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MapsKindType0 | None | Unset, data)

        kind = _parse_kind(d.pop("kind", UNSET))

        def _parse_size(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                size_type_0 = []
                _size_type_0 = data
                for size_type_0_item_data in _size_type_0:

                    def _parse_size_type_0_item(data: object) -> int:
                        return cast(int, data)

                    size_type_0_item = _parse_size_type_0_item(size_type_0_item_data)

                    size_type_0.append(size_type_0_item)

                return size_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        size = _parse_size(d.pop("size", UNSET))

        def _parse_missing(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        missing = _parse_missing(d.pop("missing", UNSET))

        maps = cls(
            kind=kind,
            size=size,
            missing=missing,
        )

        return maps
