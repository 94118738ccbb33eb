from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="BothClasses")


@_attrs_define
class BothClasses:
    """Probabilities in one image.

    Attributes:
        predicted (float): Of the class of the benign image
        adversarial (float): Of the class of the adversarial image
    """

    predicted: float
    adversarial: float

    def to_dict(self) -> dict[str, Any]:
        predicted = self.predicted

        adversarial = self.adversarial

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "predicted": predicted,
                "adversarial": adversarial,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        predicted = d.pop("predicted")

        adversarial = d.pop("adversarial")

        both_classes = cls(
            predicted=predicted,
            adversarial=adversarial,
        )

        return both_classes
