from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ReplayAnswer")


@_attrs_define
class ReplayAnswer:
    """What came of it.

    Attributes:
        replayed (int): Messages that are sent again, each under its id
    """

    replayed: int

    def to_dict(self) -> dict[str, Any]:
        replayed = self.replayed

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "replayed": replayed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        replayed = d.pop("replayed")

        replay_answer = cls(
            replayed=replayed,
        )

        return replay_answer
