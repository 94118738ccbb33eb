from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.class_count import ClassCount


T = TypeVar("T", bound="Clean")


@_attrs_define
class Clean:
    """
    Attributes:
        accuracy (float):
        correct (int):
        n (int):
        ci95 (list[float]): 95 % Wilson score interval
        by_class (list[ClassCount] | Unset):
    """

    accuracy: float
    correct: int
    n: int
    ci95: list[float]
    by_class: list[ClassCount] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        accuracy = self.accuracy

        correct = self.correct

        n = self.n

        ci95 = []
        for ci95_item_data in self.ci95:
            ci95_item: float
            ci95_item = ci95_item_data
            ci95.append(ci95_item)

        by_class: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.by_class, Unset):
            by_class = []
            for by_class_item_data in self.by_class:
                by_class_item = by_class_item_data.to_dict()
                by_class.append(by_class_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "accuracy": accuracy,
                "correct": correct,
                "n": n,
                "ci95": ci95,
            }
        )
        if by_class is not UNSET:
            field_dict["by_class"] = by_class

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.class_count import ClassCount  # noqa: PLC0415

        d = dict(src_dict)
        accuracy = d.pop("accuracy")

        correct = d.pop("correct")

        n = d.pop("n")

        ci95 = []
        _ci95 = d.pop("ci95")
        for ci95_item_data in _ci95:

            def _parse_ci95_item(data: object) -> float:
                return cast(float, data)

            ci95_item = _parse_ci95_item(ci95_item_data)

            ci95.append(ci95_item)

        _by_class = d.pop("by_class", UNSET)
        by_class: list[ClassCount] | Unset = UNSET
        if _by_class is not UNSET:
            by_class = []
            for by_class_item_data in _by_class:
                by_class_item = ClassCount.from_dict(by_class_item_data)

                by_class.append(by_class_item)

        clean = cls(
            accuracy=accuracy,
            correct=correct,
            n=n,
            ci95=ci95,
            by_class=by_class,
        )

        return clean
