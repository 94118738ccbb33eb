"""The adversary of a training batch: the example that its loss is taken at."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from openapi.hardening_options import HardenOptions
from workers.attacks.ball.pairs import pgd_batch, tiles
from workers.attacks.engine.victim import Logits
from workers.attacks.maths.losses import log_odds
from workers.hardening.losses import divergence


@dataclass(frozen=True)
class Climb:
    """How far an adversary of a batch may go: eps and step_size in pixel units [0, 1]; generator: of random starts.

    tile: images that go through the network at once; None is the whole batch. rows: of the batch whose x' are made, the
    others stay x; None is all.
    """

    eps: float
    steps: int
    step_size: float
    generator: torch.Generator
    tile: int | None = None
    rows: slice | None = None


#: (network in eval mode, x (n, c, h, w) in [0, 1], y (n,), how far) → x' (n, c, h, w).
Adversary = Callable[[Logits, Tensor, Tensor, Climb], Tensor]


def climb(
    options: HardenOptions,
    generator: torch.Generator,
    ramp: float = 1.0,
    *,
    tile: int | None = None,
    rows: slice | None = None,
) -> Climb:
    """What the options allow at this point of the training: eps · ramp, in steps of eps / sqrt(steps) by default.

    Free adversaries meet other weights at each step, and go as far as eps by default.
    """
    eps = options.eps * ramp
    usual = eps if options.adversary == "free" else eps / options.steps**0.5
    step_size = usual if options.step_size is None else options.step_size * ramp
    return Climb(eps, options.steps, step_size, generator, tile, rows)


def free_start(x: Tensor, how: Climb) -> Tensor:
    """x' drawn from the whole ball, where its gradient will be taken by the training pass itself."""
    noise = torch.rand(x.shape, generator=how.generator, device=x.device, dtype=x.dtype)
    return (x + (2 * noise - 1) * how.eps).clamp_(0, 1).requires_grad_()


def free_step(x: Tensor, x_adv: Tensor, how: Climb) -> Tensor:
    """The x' of the next pass over a batch, by the gradient that the last one left at `x_adv`."""
    assert x_adv.grad is not None
    moved = x_adv.detach() + how.step_size * x_adv.grad.sign()
    return torch.minimum(torch.maximum(moved, x - how.eps), x + how.eps).clamp_(0, 1).requires_grad_()


def climb_cross_entropy(attacked: Logits, x: Tensor, y: Tensor, how: Climb) -> Tensor:
    """x' by L-infinity PGD on the cross-entropy, made anew against the present weights."""
    return _climb(lambda images, rows: log_odds(attacked(images), y[rows]), x, how)


def climb_divergence(attacked: Logits, x: Tensor, y: Tensor, how: Climb) -> Tensor:
    """x' by PGD on KL(p(x) ‖ p(x')) (TRADES); at x itself its gradient is 0, hence a random start."""
    with torch.no_grad():
        benign = torch.cat([attacked(x[rows]) for rows in tiles(len(x), how.tile)])
    return _climb(lambda images, rows: divergence(torch.cat([benign[rows], attacked(images)])), x, how)


def _climb(loss: Callable[[Tensor, slice], Tensor], x: Tensor, how: Climb) -> Tensor:
    return pgd_batch(
        loss,
        x,
        eps=how.eps,
        steps=how.steps,
        step_size=how.step_size,
        generator=how.generator,
        tile=how.tile,
        rows=how.rows,
    )
