from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.both_classes import BothClasses


T = TypeVar("T", bound="BothImages")


@_attrs_define
class BothImages:
    """
    Attributes:
        benign (BothClasses): Probabilities in one image.
        attacked (BothClasses): Probabilities in one image.
    """

    benign: BothClasses
    attacked: BothClasses

    def to_dict(self) -> dict[str, Any]:
        benign = self.benign.to_dict()

        attacked = self.attacked.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "benign": benign,
                "attacked": attacked,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.both_classes import BothClasses  # noqa: PLC0415

        d = dict(src_dict)
        benign = BothClasses.from_dict(d.pop("benign"))

        attacked = BothClasses.from_dict(d.pop("attacked"))

        both_images = cls(
            benign=benign,
            attacked=attacked,
        )

        return both_images
