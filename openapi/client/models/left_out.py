from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.left_out_side import LeftOutSide

T = TypeVar("T", bound="LeftOut")


@_attrs_define
class LeftOut:
    """An attack that only one side ran, or with other options.

    Attributes:
        id (str):
        side (LeftOutSide):
        reason (str):
    """

    id: str
    side: LeftOutSide
    reason: str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        side = self.side.value

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "side": side,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        side = LeftOutSide(d.pop("side"))

        reason = d.pop("reason")

        left_out = cls(
            id=id,
            side=side,
            reason=reason,
        )

        return left_out
