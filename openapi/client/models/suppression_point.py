from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.suppression_point_group import SuppressionPointGroup

if TYPE_CHECKING:
    from ..models.suppression_point_robust_accuracy import SuppressionPointRobustAccuracy


T = TypeVar("T", bound="SuppressionPoint")


@_attrs_define
class SuppressionPoint:
    """One suppressed network.

    Attributes:
        group (SuppressionPointGroup): `sensitive`: the first ones by the ranking
        repeat (int):
        beta (float):
        clean_accuracy (float):
        robust_accuracy (SuppressionPointRobustAccuracy): Attack id → share of all images
    """

    group: SuppressionPointGroup
    repeat: int
    beta: float
    clean_accuracy: float
    robust_accuracy: SuppressionPointRobustAccuracy

    def to_dict(self) -> dict[str, Any]:
        group = self.group.value

        repeat = self.repeat

        beta = self.beta

        clean_accuracy = self.clean_accuracy

        robust_accuracy = self.robust_accuracy.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "group": group,
                "repeat": repeat,
                "beta": beta,
                "clean_accuracy": clean_accuracy,
                "robust_accuracy": robust_accuracy,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.suppression_point_robust_accuracy import (
            SuppressionPointRobustAccuracy,  # noqa: PLC0415
        )

        d = dict(src_dict)
        group = SuppressionPointGroup(d.pop("group"))

        repeat = d.pop("repeat")

        beta = d.pop("beta")

        clean_accuracy = d.pop("clean_accuracy")

        robust_accuracy = SuppressionPointRobustAccuracy.from_dict(d.pop("robust_accuracy"))

        suppression_point = cls(
            group=group,
            repeat=repeat,
            beta=beta,
            clean_accuracy=clean_accuracy,
            robust_accuracy=robust_accuracy,
        )

        return suppression_point
