"""Losses (n, K) logits × (n,) labels → (n,), to be *maximised*. None of them vanishes on confident samples.

Cross-entropy itself underflows in float32 once the margin passes about 17: its gradient is (1 - p_y) times that of the
log-odds below, a positive factor that sign and normalisation discard anyway. So the log-odds give the very same attack
without the factor that dies.
"""

import torch
from torch import Tensor


def others(logits: Tensor, y: Tensor, fill: float = -torch.inf) -> Tensor:
    """Return the logits with class y replaced by `fill`, (n, K)."""
    return logits.scatter(1, y[:, None], fill)


def rival(logits: Tensor, y: Tensor) -> Tensor:
    """Return the class that leads besides y, (n, 1)."""
    return others(logits, y).argmax(1, keepdim=True)


def gather(logits: Tensor, y: Tensor) -> Tensor:
    """Return z_y, (n,)."""
    return logits.gather(1, y[:, None]).squeeze(1)


def log_odds(logits: Tensor, y: Tensor) -> Tensor:
    """``log((1 - p_y) / p_y) = logsumexp_{j != y} z_j - z_y``: cross-entropy without underflow; CE = softplus of it."""
    return torch.logsumexp(others(logits, y), 1) - gather(logits, y)


def log_odds_target(logits: Tensor, target: Tensor) -> Tensor:
    """``z_t - logsumexp_{j != t} z_j``: rises as the target's cross-entropy falls."""
    return -log_odds(logits, target)


def margin(logits: Tensor, y: Tensor) -> Tensor:
    """``max_{j != y} z_j - z_y``: above 0 where the sample is fooled (Carlini & Wagner 2017)."""
    return others(logits, y).amax(1) - gather(logits, y)


def margin_without(logits: Tensor, y: Tensor, gone: Tensor) -> Tensor:
    """The margin of a model without the classes `gone`, (n, K); one besides y must be left."""
    return margin(logits.masked_fill(gone, -torch.inf), y)


def nearing(logits: Tensor, y: Tensor, gone: Tensor) -> Tensor:
    """``w margin + (1 - w) log-odds`` with ``w = sqrt(max_{j != y} p_j / p_y)``, at most 1 and held constant (ours).

    gone: (n, K), True for classes that do not count; one besides y must be left.

    Far from the boundary all classes pull, as in cross-entropy: the margin alone would be set on the runner-up of the
    clean image. Near it and beyond only the nearest class counts, whose boundary is the one to be met.
    """
    logits = logits.masked_fill(gone, -torch.inf)
    lead = margin(logits, y)
    w = (lead.detach().clamp(max=0) / 2).exp()
    return torch.lerp(log_odds(logits, y), lead, w)


def margin_target(logits: Tensor, target: Tensor) -> Tensor:
    """``z_t - max_{j != t} z_j``: above 0 where the target class is reached."""
    return -margin(logits, target)


def margin_pair(logits: Tensor, y: Tensor, target: Tensor) -> Tensor:
    """``z_t - z_y``: the distance to one decision boundary."""
    return gather(logits, target) - gather(logits, y)


def dlr(logits: Tensor, y: Tensor) -> Tensor:
    """Difference of logits ratio ``-(z_y - max_{j != y} z_j) / (z_(1) - z_(3))`` (Croce & Hein 2020, Eq. 6).

    Below four classes the plain margin (ours): with two there is no third logit, and with three pushing the third logit
    down raises the ratio without bringing the sample any nearer to the boundary.
    """
    if logits.shape[1] < 4:
        return margin(logits, y)
    top = logits.topk(3, dim=1).values
    return margin(logits, y) / (top[:, 0] - top[:, 2] + 1e-12)


def dlr_target(logits: Tensor, y: Tensor, target: Tensor) -> Tensor:
    """Targeted DLR ``-(z_y - z_t) / (z_(1) - (z_(3) + z_(4)) / 2)`` (Croce & Hein 2020, Eq. 7).

    Below four classes the plain difference ``z_t - z_y``, for the reasons of `dlr`.
    """
    if logits.shape[1] < 4:
        return margin_pair(logits, y, target)
    top = logits.topk(4, dim=1).values
    return margin_pair(logits, y, target) / (top[:, 0] - 0.5 * (top[:, 2] + top[:, 3]) + 1e-12)
