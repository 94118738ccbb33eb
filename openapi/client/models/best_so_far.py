from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.best_so_far_judged_on import BestSoFarJudgedOn

T = TypeVar("T", bound="BestSoFar")


@_attrs_define
class BestSoFar:
    """The best epoch of a training that is not at its end, on the `validation` split or the `monitored` training images.

    Attributes:
        epoch (int):
        clean_accuracy (float):
        robust_accuracy (float):
        judged_on (BestSoFarJudgedOn):
    """

    epoch: int
    clean_accuracy: float
    robust_accuracy: float
    judged_on: BestSoFarJudgedOn

    def to_dict(self) -> dict[str, Any]:
        epoch = self.epoch

        clean_accuracy = self.clean_accuracy

        robust_accuracy = self.robust_accuracy

        judged_on = self.judged_on.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "epoch": epoch,
                "clean_accuracy": clean_accuracy,
                "robust_accuracy": robust_accuracy,
                "judged_on": judged_on,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        epoch = d.pop("epoch")

        clean_accuracy = d.pop("clean_accuracy")

        robust_accuracy = d.pop("robust_accuracy")

        judged_on = BestSoFarJudgedOn(d.pop("judged_on"))

        best_so_far = cls(
            epoch=epoch,
            clean_accuracy=clean_accuracy,
            robust_accuracy=robust_accuracy,
            judged_on=judged_on,
        )

        return best_so_far
