from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.masking_point_group import MaskingPointGroup

if TYPE_CHECKING:
    from ..models.masking_point_robust_accuracy import MaskingPointRobustAccuracy


T = TypeVar("T", bound="MaskingPoint")


@_attrs_define
class MaskingPoint:
    """
    Attributes:
        group (MaskingPointGroup):
        masked (int):
        clean_accuracy (float):
        robust_accuracy (MaskingPointRobustAccuracy): Attack id → share of all images
    """

    group: MaskingPointGroup
    masked: int
    clean_accuracy: float
    robust_accuracy: MaskingPointRobustAccuracy

    def to_dict(self) -> dict[str, Any]:
        group = self.group.value

        masked = self.masked

        clean_accuracy = self.clean_accuracy

        robust_accuracy = self.robust_accuracy.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "group": group,
                "masked": masked,
                "clean_accuracy": clean_accuracy,
                "robust_accuracy": robust_accuracy,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.masking_point_robust_accuracy import MaskingPointRobustAccuracy  # noqa: PLC0415

        d = dict(src_dict)
        group = MaskingPointGroup(d.pop("group"))

        masked = d.pop("masked")

        clean_accuracy = d.pop("clean_accuracy")

        robust_accuracy = MaskingPointRobustAccuracy.from_dict(d.pop("robust_accuracy"))

        masking_point = cls(
            group=group,
            masked=masked,
            clean_accuracy=clean_accuracy,
            robust_accuracy=robust_accuracy,
        )

        return masking_point
