"""How much of a perturbation lies where the classes are seen."""

import torch
from torch import Tensor


def highest(maps: Tensor, quantile: float | Tensor) -> Tensor:
    """B(x, c) = {map ≥ its quantile}: (n, h, w) bool of maps (n, h, w), each with its own threshold.

    quantile: a number, or (n,) one each, in [0, 1]: the order statistic that so large a share of the pixels is below.
    0 takes every pixel, 1 the highest alone (and its equals).
    """
    flat = maps.flatten(1)
    level = torch.as_tensor(quantile, dtype=torch.float64, device=maps.device).expand(len(maps))
    at = (level * flat.shape[1]).floor().long().clamp_(max=flat.shape[1] - 1)
    threshold = flat.sort(1).values.gather(1, at[:, None])
    return (flat >= threshold).view(maps.shape)


def interpretability(delta: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return IS(δ, c) = ‖B∘δ‖₂/‖δ‖₂ and its chance level √(share of the image in B), both (n,) float64.

    delta: (n, c, h, w), mask: (n, h, w) B. The level is what a perturbation of equal size everywhere scores. NaN where
    δ is 0.
    """
    energy = delta.double().square().sum(1).flatten(1)
    inside = mask.flatten(1)
    score = ((energy * inside).sum(1) / energy.sum(1)).sqrt()
    return score, inside.double().mean(1).sqrt()
