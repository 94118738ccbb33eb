from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.field_layer import FieldLayer


T = TypeVar("T", bound="NeuronReportReceptiveFieldSection")


@_attrs_define
class NeuronReportReceptiveFieldSection:
    """
    Attributes:
        n (int): Images that were looked through
        threshold (float):
        layers (list[FieldLayer]):
    """

    n: int
    threshold: float
    layers: list[FieldLayer]

    def to_dict(self) -> dict[str, Any]:
        n = self.n

        threshold = self.threshold

        layers = []
        for layers_item_data in self.layers:
            layers_item = layers_item_data.to_dict()
            layers.append(layers_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "n": n,
                "threshold": threshold,
                "layers": layers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.field_layer import FieldLayer  # noqa: PLC0415

        d = dict(src_dict)
        n = d.pop("n")

        threshold = d.pop("threshold")

        layers = []
        _layers = d.pop("layers")
        for layers_item_data in _layers:
            layers_item = FieldLayer.from_dict(layers_item_data)

            layers.append(layers_item)

        neuron_report_receptive_field_section = cls(
            n=n,
            threshold=threshold,
            layers=layers,
        )

        return neuron_report_receptive_field_section
