from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Cell")


@_attrs_define
class Cell:
    """Images of one true class that are taken for one class under attack.

    Attributes:
        label (int):
        adversarial (int):
        n (int):
        correct (int): Of them, those that are classified correctly without the attack
        fooled (int): Of them, those that the attack fooled: correct before, wrong after
    """

    label: int
    adversarial: int
    n: int
    correct: int
    fooled: int

    def to_dict(self) -> dict[str, Any]:
        label = self.label

        adversarial = self.adversarial

        n = self.n

        correct = self.correct

        fooled = self.fooled

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "label": label,
                "adversarial": adversarial,
                "n": n,
                "correct": correct,
                "fooled": fooled,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        label = d.pop("label")

        adversarial = d.pop("adversarial")

        n = d.pop("n")

        correct = d.pop("correct")

        fooled = d.pop("fooled")

        cell = cls(
            label=label,
            adversarial=adversarial,
            n=n,
            correct=correct,
            fooled=fooled,
        )

        return cell
