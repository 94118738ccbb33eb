"""Which neurons are stabilised: Ω_l of SNS and the ablations of its Table III."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from workers.neurons.ranking import sensitivity, top_count, top_neurons
from workers.neurons.sums import SensitivitySums

Omega = Mapping[str, Tensor]


def sensitive(sums: SensitivitySums, layers: Sequence[str], fraction: float, device: str | torch.device) -> Omega:
    """The top fraction of each layer by σ over the measured pairs (Eq. 2)."""
    return {name: torch.from_numpy(top_neurons(sensitivity(sums.layer(name)), fraction)).to(device) for name in layers}


def every(neurons: Mapping[str, int], device: str | torch.device) -> Omega:
    """Every neuron of each layer (the variant `all`)."""
    return {name: torch.arange(count, device=device) for name, count in neurons.items()}


def at_random(neurons: Mapping[str, int], fraction: float, seed: int, device: str | torch.device) -> Omega:
    """As many neurons of each layer as Ω would hold, drawn without looking (the variant `random`)."""
    rng = np.random.default_rng([seed, 0x5E15])
    return {
        name: torch.from_numpy(np.sort(rng.permutation(count)[: top_count(count, fraction)])).to(device)
        for name, count in neurons.items()
    }
