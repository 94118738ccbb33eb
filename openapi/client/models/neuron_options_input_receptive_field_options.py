from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NeuronOptionsInputReceptiveFieldOptions")


@_attrs_define
class NeuronOptionsInputReceptiveFieldOptions:
    """The most and the least sensitive live neurons of layers, on the dual pairs and at the tap of `neurons`.

    Attributes:
        layers (list[str] | None | Unset): Layers with an activation map, by the file's names or the paper's; null is
            every such layer
        neurons (int | Unset): Of each layer, so many of the most and of the least sensitive Default: 3.
        images (int | Unset): Images that excite a neuron most Default: 5.
        threshold (float | Unset): Share of a map's maximum from which on a pixel belongs to the field Default: 0.25.
        max_samples (int | None | Unset): Images; null is every evaluated sample
    """

    layers: list[str] | None | Unset = UNSET
    neurons: int | Unset = 3
    images: int | Unset = 5
    threshold: float | Unset = 0.25
    max_samples: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        layers: list[str] | None | Unset
        if isinstance(self.layers, Unset):
            layers = UNSET
        elif isinstance(self.layers, list):
            layers = self.layers

        else:
            layers = self.layers

        neurons = self.neurons

        images = self.images

        threshold = self.threshold

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if layers is not UNSET:
            field_dict["layers"] = layers
        if neurons is not UNSET:
            field_dict["neurons"] = neurons
        if images is not UNSET:
            field_dict["images"] = images
        if threshold is not UNSET:
            field_dict["threshold"] = threshold
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_layers(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                layers_type_0 = cast(list[str], data)

                return layers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        layers = _parse_layers(d.pop("layers", UNSET))

        neurons = d.pop("neurons", UNSET)

        images = d.pop("images", UNSET)

        threshold = d.pop("threshold", UNSET)

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        neuron_options_input_receptive_field_options = cls(
            layers=layers,
            neurons=neurons,
            images=images,
            threshold=threshold,
            max_samples=max_samples,
        )

        return neuron_options_input_receptive_field_options
