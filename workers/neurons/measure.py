"""Run a model on dual pairs and record how far each neuron's output moves."""

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor

from openapi.problems import ModelNumerics
from workers.neurons.sums import LayerBatch, SensitivitySums

#: x (n, c, h, w) in [0, 1] → (logits, {layer name: activation (n, c, h, w) or (n, units)}).
TappedModel = Callable[[Tensor], tuple[Tensor, Mapping[str, Tensor]]]


@torch.no_grad()
def measure(tapped: TappedModel, x: Tensor, x_adv: Tensor, index: Tensor) -> dict[str, LayerBatch]:
    """The L1 norms of one batch of pairs in every tapped layer, in one pass over (x, x').

    Per sample and neuron the elements are summed in float64. `index` (n,) holds the samples' numbers, for messages.
    Raises `ModelNumerics` with the sample's index for NaN or infinite activations.
    """
    n = len(x)
    _, activations = tapped(torch.cat([x, x_adv]))
    batch = {}
    for name, activation in activations.items():
        benign, adversarial = activation.reshape(2, n, activation.shape[1], -1)
        norms = torch.stack([_l1(benign - adversarial), _l1(benign), _l1(adversarial)])
        bad = ~norms.isfinite().all(2).all(0)
        if bad.any():
            sample = int(index[bad.cpu()][0])
            raise ModelNumerics(
                f"layer {name} gives NaN or infinite numbers for sample {sample}; "
                "look for a division by zero, an overflow in half precision, or damaged weights",
                index=sample,
                layer=name,
            )
        difference, at_benign, at_adversarial = norms.cpu().numpy()
        batch[name] = LayerBatch(difference, at_benign, at_adversarial, dim=benign.shape[2])
    return batch


def measure_all(tapped: TappedModel, pairs: Iterable[tuple[Tensor, Tensor, Tensor]]) -> SensitivitySums:
    """Stream batches of (x, x', index) through `measure`; memory does not grow with the number of batches."""
    sums = SensitivitySums()
    for x, x_adv, index in pairs:
        sums.add(measure(tapped, x, x_adv, index))
    return sums


def _l1(activation: Tensor) -> Tensor:
    """‖·‖₁ over the last dimension, accumulated in float64: (n, neurons, dim) → (n, neurons)."""
    return activation.abs().sum(2, dtype=torch.float64)
