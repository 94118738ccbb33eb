from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="DissectedUnit")


@_attrs_define
class DissectedUnit:
    """
    Attributes:
        unit (int):
        concept (str):
        iou (float):
        sensitivity (float):
    """

    unit: int
    concept: str
    iou: float
    sensitivity: float

    def to_dict(self) -> dict[str, Any]:
        unit = self.unit

        concept = self.concept

        iou = self.iou

        sensitivity = self.sensitivity

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "unit": unit,
                "concept": concept,
                "iou": iou,
                "sensitivity": sensitivity,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        unit = d.pop("unit")

        concept = d.pop("concept")

        iou = d.pop("iou")

        sensitivity = d.pop("sensitivity")

        dissected_unit = cls(
            unit=unit,
            concept=concept,
            iou=iou,
            sensitivity=sensitivity,
        )

        return dissected_unit
