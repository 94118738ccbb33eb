from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Goal")


@_attrs_define
class Goal:
    """What the hardened model is to be worth, on the validation split. One of the two.

    Attributes:
        clean_drop (float | None | Unset): The most robust weights whose clean accuracy is at most so much lower
        robust_accuracy (float | None | Unset): The most accurate weights with at least this accuracy under PGD at the
            training eps
    """

    clean_drop: float | None | Unset = UNSET
    robust_accuracy: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        clean_drop: float | None | Unset
        if isinstance(self.clean_drop, Unset):
            clean_drop = UNSET
        else:
            clean_drop = self.clean_drop

        robust_accuracy: float | None | Unset
        if isinstance(self.robust_accuracy, Unset):
            robust_accuracy = UNSET
        else:
            robust_accuracy = self.robust_accuracy

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if clean_drop is not UNSET:
            field_dict["clean_drop"] = clean_drop
        if robust_accuracy is not UNSET:
            field_dict["robust_accuracy"] = robust_accuracy

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_clean_drop(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        clean_drop = _parse_clean_drop(d.pop("clean_drop", UNSET))

        def _parse_robust_accuracy(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        robust_accuracy = _parse_robust_accuracy(d.pop("robust_accuracy", UNSET))

        goal = cls(
            clean_drop=clean_drop,
            robust_accuracy=robust_accuracy,
        )

        return goal
