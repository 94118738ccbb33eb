"""Full-strength adversarial examples: dual pairs for neuron analysis, and batches for adversarial training.

Nothing here stops early: SNS compares x with the example after all k steps, whether or not it was fooled before.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from workers.attacks.ball.pgd import full_ascent
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.victim import Logits, Loss, Victim, frozen
from workers.attacks.maths.balls import LinfBall, ball, into_ball
from workers.attacks.maths.losses import log_odds

_CHUNK_BYTES = 64 * 2**20


def dual_pairs(
    model: Logits,
    x: Tensor,
    y: Tensor,
    index: Tensor,
    *,
    seed: int,
    eps: float,
    steps: int,
    step_size: float | None = None,
    norm: str = "linf",
    random_start: bool = True,
    batch_size: int | None = None,
    loss: Loss = log_odds,
) -> Tensor:
    """Return x' (n, c, h, w) after exactly `steps` PGD steps on every sample, the misclassified ones included.

    x: (n, c, h, w) float32 in [0, 1], y: (n,), index: (n,) global sample indices; step_size None is eps / sqrt(steps).
    loss: what each step climbs, a function of logits and y: with `log_odds_target` y are the classes that are aimed at.
    The model is frozen meanwhile and returned as it was. The random start depends on (seed, index) alone.
    Raises ModelNumerics, NotDifferentiable, MemoryLimit.
    """
    given = len(x)
    if given == 1:  # kernels for a single image add up in another order, and signs of gradients near 0 may flip
        x, y, index = (torch.cat([part, part]) for part in (x, y, index))
    chunk = max(1, _CHUNK_BYTES // max(1, x[:1].numel() * 4))
    alpha = step_size if step_size is not None else eps / steps**0.5
    parts: list[Tensor] = []
    with frozen(model):
        for begin in range(0, len(x), chunk):
            s = slice(begin, begin + chunk)
            x0, labels, at = x[s], y[s].to(torch.int64), index[s].to(torch.int64)
            rows = torch.arange(len(x0), device=x.device)
            victim, space = Victim(model, at, tile=batch_size), ball(x0, eps, norm)
            adv = x0.clone()
            if random_start:
                rng, shape = SampleRng(seed, at, "pairs"), tuple(x0.shape[1:])
                normal = None if isinstance(space, LinfBall) else rng.normal(rows, shape, step=1)
                adv = space.start(rng.uniform(rows, shape), normal)

            def gradient(
                images: Tensor, victim: Victim = victim, rows: Tensor = rows, labels: Tensor = labels
            ) -> Tensor:
                return victim.gradient(images, loss, rows, labels)[2]

            adv = full_ascent(gradient, space, adv, steps, alpha)
            parts.append(into_ball(adv, x0, eps, norm))
    return torch.cat(parts)[:given] if parts else x.clone()


def pgd_batch(
    loss: Callable[[Tensor, slice], Tensor],
    x: Tensor,
    *,
    eps: float,
    steps: int,
    step_size: float | None = None,
    generator: torch.Generator | None = None,
    random_start: bool = True,
    tile: int | None = None,
    rows: slice | None = None,
) -> Tensor:
    """Return x' (n, c, h, w) after `steps` L-infinity PGD steps on one training batch: the fast path, no bookkeeping.

    loss: (images, which rows of the batch they are) → one number each, which is to rise; it is handed at most `tile`
    rows at a time. rows: which of the batch are attacked, the others come back as they are. The caller decides the mode
    of the model (SNS: eval) and hands a `generator` on x's device for reproducible starts. Gradients are taken with
    respect to x alone: no weight gradient is computed or accumulated.
    """
    x, whole = x.detach(), x.detach()
    first = 0 if rows is None else rows.start
    noise = torch.rand(x.shape, generator=generator, device=x.device, dtype=x.dtype) if random_start else None
    if rows is not None:
        x, noise = x[rows], None if noise is None else noise[rows]
    # rounded as they come: an example in training need not lie inside the ball to the last bit
    space = LinfBall(x, eps, ((x - eps).clamp_(min=0), (x + eps).clamp_(max=1)))
    adv = x.clone()
    if noise is not None:
        adv = space.project(x + (2 * noise - 1) * eps)

    def part(images: Tensor, s: slice) -> Tensor:
        leaf = images[s].clone().requires_grad_()
        with torch.enable_grad():
            (grad,) = torch.autograd.grad(loss(leaf, slice(first + s.start, first + s.stop)).sum(), leaf)
        return grad

    def gradient(images: Tensor) -> Tensor:
        parts = [part(images, s) for s in tiles(len(images), tile)]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    adv = full_ascent(gradient, space, adv, steps, step_size if step_size is not None else eps / steps**0.5)
    if rows is None:
        return adv
    found = whole.clone()
    found[rows] = adv
    return found


def tiles(n: int, most: int | None) -> list[slice]:
    """The rows of a batch of n in pieces of at most `most`; None is one piece."""
    size = max(1, n if most is None else most)
    return [slice(begin, min(n, begin + size)) for begin in range(0, n, size)]
