from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.replay_request_status import ReplayRequestStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="ReplayRequest")


@_attrs_define
class ReplayRequest:
    """Which messages of an endpoint are sent again.

    Attributes:
        since (datetime.datetime): Those that were written at this time or later
        status (ReplayRequestStatus | Unset): Those that are so now Default: ReplayRequestStatus.FAILED.
    """

    since: datetime.datetime
    status: ReplayRequestStatus | Unset = ReplayRequestStatus.FAILED

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "since": since,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))

        _status = d.pop("status", UNSET)
        status: ReplayRequestStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = ReplayRequestStatus(_status)

        replay_request = cls(
            since=since,
            status=status,
        )

        return replay_request
