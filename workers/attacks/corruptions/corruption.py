"""Common corruptions as attacks: no search, one look."""

import numpy as np
import torch

from openapi.attacks.corruptions import Corruption, GaussianNoise
from workers.attacks.corruptions.apply import corrupt
from workers.attacks.engine.samples import Hunt
from workers.attacks.registry import implements


@implements(Corruption)
def corruption(hunt: Hunt, spec: Corruption) -> None:
    """Test every image after one common corruption (`corruptions.apply.corrupt`), drawn by (seed, sample index).

    Hendrycks & Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations", 2019.
    """
    _test(hunt, spec.corruption, spec.severity)


@implements(GaussianNoise)
def gaussian_noise(hunt: Hunt, spec: GaussianNoise) -> None:
    """``clip(x + sigma n)`` on 8-bit levels: the corruption ``gaussian_noise``, with the same random numbers."""
    _test(hunt, "gaussian_noise", spec.severity)


def _test(hunt: Hunt, name: str, severity: int) -> None:
    rows = hunt.active()
    keys = hunt.rng.stream(f"corruption.{name}").keys(rows).tolist()
    clean = hunt.x[rows].cpu().numpy()
    images = np.empty_like(clean)
    for i, key in enumerate(keys):
        images[i] = corrupt(clean[i], name, severity, key)
        hunt.beat(i / len(keys))
    x_adv = torch.from_numpy(images).to(hunt.x.device)
    hunt.keep(rows, x_adv, hunt.logits(x_adv, rows), step=1)
    hunt.offer(rows, x_adv)
