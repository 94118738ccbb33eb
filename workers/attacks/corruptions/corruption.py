"""Common corruptions as attacks: no search, one look."""

import numpy as np
import torch

from openapi.attacks.corruptions import Corruption, GaussianNoise
from workers.attacks.corruptions.apply import corrupt
from workers.attacks.engine.batch import Batch
from workers.attacks.registry import implements


@implements(Corruption)
def corruption(batch: Batch, spec: Corruption) -> None:
    """Test every image after one common corruption (`corruptions.apply.corrupt`), drawn by (seed, sample index).

    Hendrycks & Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations", 2019.
    """
    _test(batch, spec.corruption, spec.severity)


@implements(GaussianNoise)
def gaussian_noise(batch: Batch, spec: GaussianNoise) -> None:
    """``clip(x + sigma n)`` on 8-bit levels: the corruption ``gaussian_noise``, with the same random numbers."""
    _test(batch, "gaussian_noise", spec.severity)


def _test(batch: Batch, name: str, severity: int) -> None:
    rows = batch.active()
    keys = batch.rng.stream(f"corruption.{name}").keys(rows).tolist()
    clean = batch.x[rows].cpu().numpy()
    images = np.empty_like(clean)
    for i, key in enumerate(keys):
        images[i] = corrupt(clean[i], name, severity, key)
        batch.beat(i / len(keys))
    x_adv = torch.from_numpy(images).to(batch.x.device)
    batch.keep(rows, x_adv, batch.logits(x_adv, rows), step=1)
    batch.offer(rows, x_adv)
