from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="GpuMemory")


@_attrs_define
class GpuMemory:
    """Bytes of a GPU: `used` by all its processes, its `total`, and the most that the job's process had at a time.

    Attributes:
        used (int):
        total (int):
        peak (int | Unset):  Default: 0.
    """

    used: int
    total: int
    peak: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        used = self.used

        total = self.total

        peak = self.peak

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "used": used,
                "total": total,
            }
        )
        if peak is not UNSET:
            field_dict["peak"] = peak

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        used = d.pop("used")

        total = d.pop("total")

        peak = d.pop("peak", UNSET)

        gpu_memory = cls(
            used=used,
            total=total,
            peak=peak,
        )

        return gpu_memory
