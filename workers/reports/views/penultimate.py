"""The neurons that the last layer reads, as the slices of `activations` tell of them."""

from dataclasses import dataclass

import numpy as np

from openapi.analyses.vulnerability import ActivationsFile, ActivationsValue
from workers.neurons.exact import Floats, Ints
from workers.reports.analyses.base import Found


@dataclass(frozen=True)
class PenultimateNeurons:
    """name: of their layer; origin: layer and channel of each; neuron_of, weight, bias: as `LastLayer` has them."""

    name: str
    neurons: int
    origin: tuple[tuple[str, int], ...]
    neuron_of: Ints
    weight: Floats
    bias: Floats

    @property
    def is_layer(self) -> bool:
        """Whether they are the channels of one layer, in order."""
        return all(layer == self.name and channel == i for i, (layer, channel) in enumerate(self.origin))


def penultimate_of(found: Found) -> PenultimateNeurons | None:
    """None where vulnerability was not asked for, or found no last layer."""
    for part in found.of("activations"):
        if ActivationsFile.IMAGES in part.files and isinstance(part.value, ActivationsValue):
            with np.load(part.files[ActivationsFile.ACTIVATIONS], allow_pickle=False) as arrays:
                names, channels = arrays["origin_layer"].tolist(), arrays["origin_channel"].tolist()
                return PenultimateNeurons(
                    part.value.layer or "",
                    part.value.neurons,
                    tuple(zip(names, channels, strict=True)),
                    arrays["neuron_of"],
                    arrays["weight"],
                    arrays["bias"],
                )
    return None
