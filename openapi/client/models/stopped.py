from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.stopped_reason import StoppedReason
from ..types import UNSET, Unset

T = TypeVar("T", bound="Stopped")


@_attrs_define
class Stopped:
    """An audit that ended early: its numbers are of the attacks and samples that ran.

    Attributes:
        reason (StoppedReason):
        detail (str):
        samples (int): Samples that were asked for; `dataset.evaluated` were evaluated by every attack here
        not_run (list[str] | Unset): Attacks without any result
    """

    reason: StoppedReason
    detail: str
    samples: int
    not_run: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason.value

        detail = self.detail

        samples = self.samples

        not_run: list[str] | Unset = UNSET
        if not isinstance(self.not_run, Unset):
            not_run = self.not_run

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "detail": detail,
                "samples": samples,
            }
        )
        if not_run is not UNSET:
            field_dict["not_run"] = not_run

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = StoppedReason(d.pop("reason"))

        detail = d.pop("detail")

        samples = d.pop("samples")

        not_run = cast(list[str], d.pop("not_run", UNSET))

        stopped = cls(
            reason=reason,
            detail=detail,
            samples=samples,
            not_run=not_run,
        )

        return stopped
