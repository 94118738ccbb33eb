from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.field_neuron import FieldNeuron


T = TypeVar("T", bound="FieldLayer")


@_attrs_define
class FieldLayer:
    """
    Attributes:
        name (str):
        neurons (list[FieldNeuron]): Most sensitive first, then least sensitive first
    """

    name: str
    neurons: list[FieldNeuron]

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        neurons = []
        for neurons_item_data in self.neurons:
            neurons_item = neurons_item_data.to_dict()
            neurons.append(neurons_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "neurons": neurons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_neuron import FieldNeuron  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        neurons = []
        _neurons = d.pop("neurons")
        for neurons_item_data in _neurons:
            neurons_item = FieldNeuron.from_dict(neurons_item_data)

            neurons.append(neurons_item)

        field_layer = cls(
            name=name,
            neurons=neurons,
        )

        return field_layer
