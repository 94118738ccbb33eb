from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.sample_result_attacks import SampleResultAttacks


T = TypeVar("T", bound="SampleResult")


@_attrs_define
class SampleResult:
    """One evaluated sample.

    Attributes:
        index (int):
        label (int):
        predicted (int):
        correct (bool):
        attacks (SampleResultAttacks):
    """

    index: int
    label: int
    predicted: int
    correct: bool
    attacks: SampleResultAttacks

    def to_dict(self) -> dict[str, Any]:
        index = self.index

        label = self.label

        predicted = self.predicted

        correct = self.correct

        attacks = self.attacks.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "index": index,
                "label": label,
                "predicted": predicted,
                "correct": correct,
                "attacks": attacks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sample_result_attacks import SampleResultAttacks  # noqa: PLC0415

        d = dict(src_dict)
        index = d.pop("index")

        label = d.pop("label")

        predicted = d.pop("predicted")

        correct = d.pop("correct")

        attacks = SampleResultAttacks.from_dict(d.pop("attacks"))

        sample_result = cls(
            index=index,
            label=label,
            predicted=predicted,
            correct=correct,
            attacks=attacks,
        )

        return sample_result
