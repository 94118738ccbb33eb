from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="ClassProbability")


@_attrs_define
class ClassProbability:
    """
    Attributes:
        label (int):
        name (None | str):
        benign (float):
        attacked (float):
    """

    label: int
    name: None | str
    benign: float
    attacked: float

    def to_dict(self) -> dict[str, Any]:
        label = self.label

        name: None | str
        name = self.name

        benign = self.benign

        attacked = self.attacked

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "label": label,
                "name": name,
                "benign": benign,
                "attacked": attacked,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        label = d.pop("label")

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        benign = d.pop("benign")

        attacked = d.pop("attacked")

        class_probability = cls(
            label=label,
            name=name,
            benign=benign,
            attacked=attacked,
        )

        return class_probability
