from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ClassCount")


@_attrs_define
class ClassCount:
    """What became of the samples of one class.

    Attributes:
        label (int):
        n (int):
        correct (int):
        robust (int): Correct and not fooled; in `clean` the same as `correct`
        robust_accuracy (float | None | Unset): `robust` over `n`
    """

    label: int
    n: int
    correct: int
    robust: int
    robust_accuracy: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        label = self.label

        n = self.n

        correct = self.correct

        robust = self.robust

        robust_accuracy: float | None | Unset
        if isinstance(self.robust_accuracy, Unset):
            robust_accuracy = UNSET
        else:
            robust_accuracy = self.robust_accuracy

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "label": label,
                "n": n,
                "correct": correct,
                "robust": robust,
            }
        )
        if robust_accuracy is not UNSET:
            field_dict["robust_accuracy"] = robust_accuracy

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        label = d.pop("label")

        n = d.pop("n")

        correct = d.pop("correct")

        robust = d.pop("robust")

        def _parse_robust_accuracy(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        robust_accuracy = _parse_robust_accuracy(d.pop("robust_accuracy", UNSET))

        class_count = cls(
            label=label,
            n=n,
            correct=correct,
            robust=robust,
            robust_accuracy=robust_accuracy,
        )

        return class_count
