from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.swept_layer import SweptLayer


T = TypeVar("T", bound="NeuronReportSweepSection")


@_attrs_define
class NeuronReportSweepSection:
    """Layers in order of execution, tap by tap.

    Attributes:
        eps (list[float]):
        n (int): Pairs at each eps
        layers (list[SweptLayer]):
    """

    eps: list[float]
    n: int
    layers: list[SweptLayer]

    def to_dict(self) -> dict[str, Any]:
        eps = self.eps

        n = self.n

        layers = []
        for layers_item_data in self.layers:
            layers_item = layers_item_data.to_dict()
            layers.append(layers_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "eps": eps,
                "n": n,
                "layers": layers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.swept_layer import SweptLayer  # noqa: PLC0415

        d = dict(src_dict)
        eps = cast(list[float], d.pop("eps"))

        n = d.pop("n")

        layers = []
        _layers = d.pop("layers")
        for layers_item_data in _layers:
            layers_item = SweptLayer.from_dict(layers_item_data)

            layers.append(layers_item)

        neuron_report_sweep_section = cls(
            eps=eps,
            n=n,
            layers=layers,
        )

        return neuron_report_sweep_section
