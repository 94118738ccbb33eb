from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.limits import Limits


T = TypeVar("T", bound="Usage")


@_attrs_define
class Usage:
    """What a tenant has at this moment.

    Attributes:
        bytes_ (int): Bytes of models, data sets and artifacts, equal content once, and of uploads on their way
        queued (int): Jobs that wait for their first worker
        running (int): Jobs that have begun and not ended
        limits (Limits): How much a tenant may have; null is no limit.
    """

    bytes_: int
    queued: int
    running: int
    limits: Limits

    def to_dict(self) -> dict[str, Any]:
        bytes_ = self.bytes_

        queued = self.queued

        running = self.running

        limits = self.limits.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "bytes": bytes_,
                "queued": queued,
                "running": running,
                "limits": limits,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.limits import Limits  # noqa: PLC0415

        d = dict(src_dict)
        bytes_ = d.pop("bytes")

        queued = d.pop("queued")

        running = d.pop("running")

        limits = Limits.from_dict(d.pop("limits"))

        usage = cls(
            bytes_=bytes_,
            queued=queued,
            running=running,
            limits=limits,
        )

        return usage
