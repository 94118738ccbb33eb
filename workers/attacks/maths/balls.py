"""Balls and distances in the [0, 1] pixel domain, kept by float arithmetic and not by luck of rounding."""

from typing import Literal, Protocol

import numpy as np
import torch
from torch import Tensor

Norm = Literal["linf", "l2", "l1", "l0"]

# L2 projections aim this much inside: any order of float32 summation (relative), and rounding of x + delta (absolute).
# Then the exact `into_ball` at the end finds nearly nothing to move.
_L2_RELATIVE, _L2_ABSOLUTE = 2e-6, 1.2e-7


def per_row(v: Tensor) -> Tensor:
    """Reshape (n,) to (n, 1, 1, 1), so that it broadcasts over images."""
    return v.view(-1, 1, 1, 1)


def l2_norm(d: Tensor) -> Tensor:
    """Return (n,) Euclidean norms of (n, ...) in d's dtype."""
    norms: Tensor = torch.linalg.vector_norm(d.flatten(1), dim=1)
    return norms


def distance(x_adv: Tensor, x: Tensor, norm: Norm) -> Tensor:
    """Return (n,) float64 distances, computed in float64 from the stored float32 images.

    ``linf`` max |d|, ``l2`` Euclidean, ``l1`` sum |d|, ``l0`` the number of pixels that differ in any channel.
    """
    d = x_adv.to(torch.float64, copy=True).sub_(x)
    if norm == "linf":
        return d.flatten(1).abs_().amax(1)
    if norm == "l2":
        return l2_norm(d)
    if norm == "l1":
        return d.flatten(1).abs_().sum(1)
    return (d != 0).any(1).flatten(1).sum(1).to(torch.float64)


def float32_floor(value: float) -> float:
    """Return the largest float32 that is at most `value`."""
    f = np.float32(value)
    return float(f if float(f) <= value else np.nextafter(f, np.float32(-np.inf)))


class Ball(Protocol):
    """The eps ball around every x of a chunk, cut with [0, 1]. A norm supplies start, ascent direction, projection.

    free: (n, 1, h, w) of 1 where pixels may change and 0 where not; None: everywhere. The ball is then that of the free
    pixels' subspace: its points are x elsewhere, and norms, random starts and projections are those of the free ones.
    """

    eps: float
    free: Tensor | None

    def select(self, keep: Tensor) -> "Ball":
        """Return the ball of the rows x[keep], with positions keep (m,) int64."""
        ...

    def project(self, x: Tensor) -> Tensor:
        """Return the point of the ball (n, c, h, w) for any (n, c, h, w); exact for L-infinity, to rounding for L2
        (`into_ball` is exact)."""
        ...

    def project_(self, x: Tensor) -> Tensor:
        """Do the same in place."""
        ...

    def direction(self, grad: Tensor) -> Tensor:
        """Return the steepest ascent direction of unit norm, written over `grad`; 0 where the gradient is 0."""
        ...

    def start(self, uniform: Tensor, normal: Tensor | None) -> Tensor:
        """Return a random point of the ball from uniform [0, 1) and (for L2) normal numbers of x's shape."""
        ...


class LinfBall:
    """``|x' - x| <= eps``: as real numbers and as computed in float32, since the bounds are float32 numbers that do."""

    def __init__(
        self, x: Tensor, eps: float, bounds: tuple[Tensor, Tensor] | None = None, free: Tensor | None = None
    ) -> None:
        self.x, self.eps, self.free = x, float32_floor(eps), free
        self.lower, self.upper = bounds if bounds is not None else self._bounds(x)
        if free is not None and bounds is None:
            self.lower, self.upper = (torch.where(free > 0, bound, x) for bound in (self.lower, self.upper))

    def _bounds(self, x: Tensor) -> tuple[Tensor, Tensor]:
        wide = x.to(torch.float64)
        low64, high64 = wide - self.eps, wide.add_(self.eps)
        low, high = low64.to(torch.float32).clamp_(min=0), high64.to(torch.float32)
        # of floats that are not negative, the next one has the next integer as its bits
        low.view(torch.int32).add_(low.to(torch.float64) < low64)
        high.view(torch.int32).sub_((high.to(torch.float64) > high64).to(torch.int32))
        return low, high.clamp_(max=1)

    def select(self, keep: Tensor) -> "LinfBall":
        """See `Ball`."""
        x, lower, upper = (t.index_select(0, keep) for t in (self.x, self.lower, self.upper))
        return LinfBall(x, self.eps, (lower, upper), _chosen(self.free, keep))

    def project(self, x: Tensor) -> Tensor:
        """See `Ball`."""
        return torch.clamp(x, self.lower, self.upper)

    def project_(self, x: Tensor) -> Tensor:
        """Do the same in place."""
        return torch.clamp(x, self.lower, self.upper, out=x)

    def direction(self, grad: Tensor) -> Tensor:
        """See `Ball`: the sign."""
        return grad.sign_()

    def start(self, uniform: Tensor, normal: Tensor | None = None) -> Tensor:
        """See `Ball`: uniform in the cube."""
        return self.project(self.x + (2 * uniform - 1) * self.eps)


class L2Ball:
    """``||x' - x||_2 <= eps``. Clipping to [0, 1] comes last: it only shortens, since x lies in [0, 1]."""

    def __init__(self, x: Tensor, eps: float, free: Tensor | None = None) -> None:
        self.x, self.eps, self.free = x, eps, free
        self._inside = max(eps * (1 - _L2_RELATIVE) - _L2_ABSOLUTE, 0.5 * eps)

    def select(self, keep: Tensor) -> "L2Ball":
        """See `Ball`."""
        return L2Ball(self.x.index_select(0, keep), self.eps, _chosen(self.free, keep))

    def project(self, x: Tensor) -> Tensor:
        """See `Ball`; the factor is clamped, not delta, so that short vectors stay as they are."""
        return self.project_(x.clone())

    def project_(self, x: Tensor) -> Tensor:
        """Do the same in place."""
        delta = restricted(x.sub_(self.x), self.free)
        # sums of squares below float32's range would read as 0 and those above as inf: not with pixels
        factor = (self._inside / l2_norm(delta).clamp_(min=1e-30)).clamp_(max=1)
        return delta.mul_(per_row(factor)).add_(self.x).clamp_(0, 1)

    def direction(self, grad: Tensor) -> Tensor:
        """See `Ball`: grad / ||grad||, scaled first by its largest entry, so that tiny gradients do not underflow."""
        largest = grad.flatten(1).abs().amax(1)
        grad.div_(per_row(torch.where(largest > 0, largest, torch.ones_like(largest))))
        return grad.div_(per_row(l2_norm(grad).clamp_(min=1e-12)))

    def start(self, uniform: Tensor, normal: Tensor | None) -> Tensor:
        """See `Ball`: uniform in the ball: normal direction, radius eps * u^(1/d)."""
        if normal is None:
            raise ValueError("an L2 start needs normal numbers")
        dimensions: float | Tensor = normal[0].numel()
        if self.free is not None:
            normal = restricted(normal, self.free)
            dimensions = self.free.flatten(1).sum(1).mul(normal.shape[1]).clamp(min=1)
        radius = self.eps * uniform.flatten(1)[:, 0] ** (1 / dimensions)
        return self.project(self.x + normal * per_row(radius / l2_norm(normal).clamp_(min=1e-12)))


def ball(x: Tensor, eps: float, norm: str, free: Tensor | None = None) -> LinfBall | L2Ball:
    """Return the ball of `norm` (``linf`` or ``l2``); free: see `Ball`."""
    return LinfBall(x, eps, free=free) if norm == "linf" else L2Ball(x, eps, free)


def restricted(d: Tensor, free: Tensor | None) -> Tensor:
    """Return d (n, c, h, w), 0 where pixels are not `free` (n, 1, h, w); written over d."""
    return d if free is None else d.mul_(free)


def _chosen(free: Tensor | None, keep: Tensor) -> Tensor | None:
    return None if free is None else free.index_select(0, keep)


def into_ball(x_adv: Tensor, x: Tensor, eps: float, norm: str) -> Tensor:
    """Return x_adv moved into the ball and [0, 1] exactly: the last step before an example is stored.

    L-infinity: clamped to float32 bounds. L2: shrunk until the float64 norm of the stored difference is at most
    ``eps (1 - 1e-6)``, which no order of float32 summation turns into more than eps. Examples already inside are
    returned unchanged, bit by bit.
    """
    x_adv = x_adv.clamp(0, 1)
    if norm == "linf":
        inside = bool((distance(x_adv, x, "linf") <= float32_floor(eps)).all())
        return x_adv if inside else LinfBall(x, eps).project(x_adv)
    limit = eps * (1 - 1e-6)
    for shrink in range(1, 64):
        norms = distance(x_adv, x, "l2")
        out = norms > limit
        if not bool(out.any()):
            return x_adv
        factor = torch.where(out, limit / norms.clamp(min=1e-300) * (1 - shrink * 1e-7), torch.ones_like(norms))
        moved = x.to(torch.float64) + (x_adv.to(torch.float64) - x.to(torch.float64)) * per_row(factor)
        x_adv = torch.where(per_row(out), moved.to(torch.float32).clamp(0, 1), x_adv)
    return torch.where(per_row(distance(x_adv, x, "l2") > limit), x, x_adv)  # eps below the resolution of float32
