from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.layer_similarity import LayerSimilarity


T = TypeVar("T", bound="NeuronReportSimilaritySection")


@_attrs_define
class NeuronReportSimilaritySection:
    """
    Attributes:
        targets (list[int]): Those with at least one pair
        layers (list[LayerSimilarity]):
    """

    targets: list[int]
    layers: list[LayerSimilarity]

    def to_dict(self) -> dict[str, Any]:
        targets = self.targets

        layers = []
        for layers_item_data in self.layers:
            layers_item = layers_item_data.to_dict()
            layers.append(layers_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "targets": targets,
                "layers": layers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.layer_similarity import LayerSimilarity  # noqa: PLC0415

        d = dict(src_dict)
        targets = cast(list[int], d.pop("targets"))

        layers = []
        _layers = d.pop("layers")
        for layers_item_data in _layers:
            layers_item = LayerSimilarity.from_dict(layers_item_data)

            layers.append(layers_item)

        neuron_report_similarity_section = cls(
            targets=targets,
            layers=layers,
        )

        return neuron_report_similarity_section
