from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Attempt")


@_attrs_define
class Attempt:
    """One try at delivering a message.

    Attributes:
        at (str):
        seconds (float):
        status_code (int | None | Unset): What the receiver answered
        error (None | str | Unset): Why there was no answer that counts
        replayed (bool | Unset): Whether the message was sent again by `/replay` after this try Default: False.
    """

    at: str
    seconds: float
    status_code: int | None | Unset = UNSET
    error: None | str | Unset = UNSET
    replayed: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        seconds = self.seconds

        status_code: int | None | Unset
        if isinstance(self.status_code, Unset):
            status_code = UNSET
        else:
            status_code = self.status_code

        error: None | str | Unset
        if isinstance(self.error, Unset):
            error = UNSET
        else:
            error = self.error

        replayed = self.replayed

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "at": at,
                "seconds": seconds,
            }
        )
        if status_code is not UNSET:
            field_dict["status_code"] = status_code
        if error is not UNSET:
            field_dict["error"] = error
        if replayed is not UNSET:
            field_dict["replayed"] = replayed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = d.pop("at")

        seconds = d.pop("seconds")

        def _parse_status_code(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        status_code = _parse_status_code(d.pop("status_code", UNSET))

        def _parse_error(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        error = _parse_error(d.pop("error", UNSET))

        replayed = d.pop("replayed", UNSET)

        attempt = cls(
            at=at,
            seconds=seconds,
            status_code=status_code,
            error=error,
            replayed=replayed,
        )

        return attempt
