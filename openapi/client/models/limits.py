from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="Limits")


@_attrs_define
class Limits:
    """How much a tenant may have; null is no limit.

    Attributes:
        bytes_ (int | None): Bytes that it keeps
        queued (int): Jobs that have not ended
        running (int | None): Units of work that workers have at a time
        requests_per_minute (int | None): Calls, where keys are asked for
    """

    bytes_: int | None
    queued: int
    running: int | None
    requests_per_minute: int | None

    def to_dict(self) -> dict[str, Any]:
        bytes_: int | None
        bytes_ = self.bytes_

        queued = self.queued

        running: int | None
        running = self.running

        requests_per_minute: int | None
        requests_per_minute = self.requests_per_minute

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "bytes": bytes_,
                "queued": queued,
                "running": running,
                "requests_per_minute": requests_per_minute,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_bytes_(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        bytes_ = _parse_bytes_(d.pop("bytes"))

        queued = d.pop("queued")

        def _parse_running(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        running = _parse_running(d.pop("running"))

        def _parse_requests_per_minute(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        requests_per_minute = _parse_requests_per_minute(d.pop("requests_per_minute"))

        limits = cls(
            bytes_=bytes_,
            queued=queued,
            running=running,
            requests_per_minute=requests_per_minute,
        )

        return limits
