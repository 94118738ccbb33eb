from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RankedNeuron")


@_attrs_define
class RankedNeuron:
    """
    Attributes:
        neuron (int):
        value (float):
    """

    neuron: int
    value: float

    def to_dict(self) -> dict[str, Any]:
        neuron = self.neuron

        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "neuron": neuron,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        neuron = d.pop("neuron")

        value = d.pop("value")

        ranked_neuron = cls(
            neuron=neuron,
            value=value,
        )

        return ranked_neuron
