from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ClassReport")


@_attrs_define
class ClassReport:
    """One class by itself: clean, and in the worst case over all bounded threat models (over all, if none is).

    Attributes:
        label (int):
        n (int):
        correct (int):
        accuracy (float):
        robust (int): Correct, and fooled by none of those attacks
        robust_accuracy (float):
        ci95 (list[float]): Of `robust_accuracy`
        name (None | str | Unset): The class's name, where it has one
    """

    label: int
    n: int
    correct: int
    accuracy: float
    robust: int
    robust_accuracy: float
    ci95: list[float]
    name: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        label = self.label

        n = self.n

        correct = self.correct

        accuracy = self.accuracy

        robust = self.robust

        robust_accuracy = self.robust_accuracy

        ci95 = []
        for ci95_item_data in self.ci95:
            ci95_item: float
            ci95_item = ci95_item_data
            ci95.append(ci95_item)

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "label": label,
                "n": n,
                "correct": correct,
                "accuracy": accuracy,
                "robust": robust,
                "robust_accuracy": robust_accuracy,
                "ci95": ci95,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        label = d.pop("label")

        n = d.pop("n")

        correct = d.pop("correct")

        accuracy = d.pop("accuracy")

        robust = d.pop("robust")

        robust_accuracy = d.pop("robust_accuracy")

        ci95 = []
        _ci95 = d.pop("ci95")
        for ci95_item_data in _ci95:

            def _parse_ci95_item(data: object) -> float:
                return cast(float, data)

            ci95_item = _parse_ci95_item(ci95_item_data)

            ci95.append(ci95_item)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        class_report = cls(
            label=label,
            n=n,
            correct=correct,
            accuracy=accuracy,
            robust=robust,
            robust_accuracy=robust_accuracy,
            ci95=ci95,
            name=name,
        )

        return class_report
