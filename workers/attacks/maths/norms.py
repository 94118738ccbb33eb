"""Norms, their duals and projections onto their balls, for minimal-norm attacks in any of L-infinity, L2, L1 and L0."""

import torch
from torch import Tensor

from workers.attacks.maths.balls import Norm, l2_norm, per_row

_DUAL: dict[Norm, Norm] = {"linf": "l1", "l2": "l2", "l1": "linf"}


def _pixels(d: Tensor) -> Tensor:
    """Return (n, h*w) the L1 size over channels of every pixel of (n, c, h, w)."""
    return d.abs().sum(1).flatten(1)


def norm_of(d: Tensor, norm: Norm) -> Tensor:
    """Return (n,) norms of (n, c, h, w); ``l0`` counts pixels that are not 0 in all channels."""
    if norm == "l0":
        return (_pixels(d) > 0).sum(1).to(d.dtype)
    if norm == "l2":
        return l2_norm(d)
    size = d.flatten(1).abs()  # several times faster than vector_norm with ord 1 or inf
    return size.amax(1) if norm == "linf" else size.sum(1)


def dual_norm(g: Tensor, norm: Norm) -> Tensor:
    """Return (n,) the most that ``<g, d>`` can be for ``||d|| <= 1``; for ``l0``: one pixel, channels in [-1, 1]."""
    return _pixels(g).amax(1) if norm == "l0" else norm_of(g, _DUAL[norm])


def project(d: Tensor, eps: Tensor, norm: Norm) -> Tensor:
    """Return the point of the ball of radius eps (n,) nearest to d (n, c, h, w) in L2. eps may be inf."""
    if norm == "linf":
        return torch.clamp(d, -per_row(eps), per_row(eps))
    if norm == "l2":
        return d * per_row((eps / norm_of(d, "l2").clamp_(min=1e-30)).clamp_(max=1))
    if norm == "l1":
        return d.sign() * (d.abs() - per_row(soft_threshold(d.flatten(1).abs(), eps))).clamp_(min=0)
    return d * _largest_pixels(d, eps)


def soft_threshold(a: Tensor, eps: Tensor) -> Tensor:
    """Return (n,) t >= 0 such that ``sum max(a - t, 0) = eps`` for a (n, d) >= 0; 0 for rows with a sum up to eps.

    Michelot's iteration: ``t = (sum of the entries above t - eps) / their number``; it only ever drops entries, so it
    ends, mostly after five to ten rounds, and needs no sorting (Michelot 1986).
    """
    eps = torch.where(eps.isfinite(), eps, torch.full_like(eps, 1e30))
    t = ((a.sum(1) - eps) / a.shape[1]).clamp_(min=0)
    for _ in range(a.shape[1]):
        above = a > t[:, None]
        count = above.sum(1).clamp_(min=1)
        following = (((a * above).sum(1) - eps) / count).clamp_(min=0)
        if bool((following <= t).all()):
            break
        t = torch.maximum(t, following)
    return t


def _largest_pixels(d: Tensor, eps: Tensor) -> Tensor:
    """Return a (n, 1, h, w) mask of the floor(eps) pixels with the largest entries (all where eps is inf)."""
    size = d.square().sum(1).flatten(1)
    order = size.argsort(dim=1, descending=True, stable=True)
    places = torch.arange(size.shape[1], device=d.device).expand_as(size)
    rank = torch.empty_like(order).scatter_(1, order, places)
    return (rank < eps[:, None]).view(len(d), 1, *d.shape[2:]).to(d.dtype)
