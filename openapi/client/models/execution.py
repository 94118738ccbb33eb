from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Execution")


@_attrs_define
class Execution:
    """How work is cut up, and when its turn comes. It never changes a result.

    Attributes:
        batch_size (int | None | Unset): null is measured
        shards (int | None | Unset): Slices of the data set; null is chosen from its size
        priority (int | Unset): Work of higher priority goes first among the tenant's own, where an hour of waiting
            counts as a point; tenants take turns whatever theirs are Default: 0.
    """

    batch_size: int | None | Unset = UNSET
    shards: int | None | Unset = UNSET
    priority: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        batch_size: int | None | Unset
        if isinstance(self.batch_size, Unset):
            batch_size = UNSET
        else:
            batch_size = self.batch_size

        shards: int | None | Unset
        if isinstance(self.shards, Unset):
            shards = UNSET
        else:
            shards = self.shards

        priority = self.priority

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if batch_size is not UNSET:
            field_dict["batch_size"] = batch_size
        if shards is not UNSET:
            field_dict["shards"] = shards
        if priority is not UNSET:
            field_dict["priority"] = priority

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_batch_size(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        batch_size = _parse_batch_size(d.pop("batch_size", UNSET))

        def _parse_shards(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        shards = _parse_shards(d.pop("shards", UNSET))

        priority = d.pop("priority", UNSET)

        execution = cls(
            batch_size=batch_size,
            shards=shards,
            priority=priority,
        )

        return execution
