"""Run a model on dual pairs and record how far each neuron's output moves."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from openapi.analyses.sensitivity import Tap
from openapi.problems import ModelNumerics
from workers.neurons.norms import Norms, NormsModel, l1_norms
from workers.neurons.sums import LayerBatch, SensitivitySums

#: x (n, c, h, w) in [0, 1] → (logits, {layer name: activation (n, c, h, w) or (n, units)}).
TappedModel = Callable[[Tensor], tuple[Tensor, Mapping[str, Tensor]]]


@dataclass(frozen=True)
class Measured:
    """What a batch of m pairs did: logits of images and twins, L1 norms {tap: {layer: …}}, the further nodes' values.

    extra: of each node that `NormsModel` was asked for, the values of x followed by those of x', (n + m, …).
    """

    logits: Tensor
    logits_adv: Tensor
    taps: dict[Tap, dict[str, LayerBatch]]
    extra: list[Tensor]


def measure_taps(model: NormsModel, x: Tensor, x_adv: Tensor, index: Tensor, of: Tensor | None = None) -> Measured:
    """The L1 norms of one batch of pairs in every layer at every tap of `model`, in one pass over (x, x').

    Per sample and neuron the elements are summed in float32 by halving, to about 1e-7. `index` (m,) holds the samples'
    numbers of the pairs, for messages. of: (m,) which row of x is the image of each row of x', so that several pairs
    may share one; None: row by row. Raises `ModelNumerics` with the sample's index for NaN or infinite activations.
    """
    logits, norms, extra = model(torch.cat([x, x_adv]), of)
    batches: dict[Tap, dict[str, LayerBatch]] = {}
    for (layer, tap), found in norms.items():
        batches.setdefault(tap, {})[layer] = _batch(layer, found, index)
    n = len(x)
    return Measured(logits[:n], logits[n:], batches, extra)


@torch.no_grad()
def measure(
    tapped: TappedModel, x: Tensor, x_adv: Tensor, index: Tensor
) -> tuple[dict[str, LayerBatch], Tensor, Tensor]:
    """The same for any function that gives activations, which are then held together: `measure_taps` is faster.

    Returns the norms by layer, and the logits of x and of x'.
    """
    logits, activations = tapped(torch.cat([x, x_adv]))
    norms = {
        name: _batch(name, l1_norms(value, None, batch=0, repeat=1, channel=1, minor=False, positive=False), index)
        for name, value in activations.items()
    }
    return norms, logits[: len(x)], logits[len(x) :]


def measure_all(tapped: TappedModel, pairs: Iterable[tuple[Tensor, Tensor, Tensor]]) -> SensitivitySums:
    """Stream batches of (x, x', index) through `measure`; memory does not grow with the number of batches."""
    sums = SensitivitySums()
    for x, x_adv, index in pairs:
        sums.add(measure(tapped, x, x_adv, index)[0])
    return sums


def _batch(layer: str, found: Norms, index: Tensor) -> LayerBatch:
    """One layer's norms as numpy arrays, once they are found to be finite."""
    difference, benign = found.norms.cpu().numpy()
    finite = np.isfinite(difference.sum(1) + benign.sum(1))
    if not finite.all():
        sample = int(index[int((~finite).argmax())])
        raise ModelNumerics(
            f"layer {layer} gives NaN or infinite numbers for sample {sample}; "
            "look for a division by zero, an overflow in half precision, or damaged weights",
            index=sample,
            layer=layer,
        )
    return LayerBatch(difference, benign, found.dim)
