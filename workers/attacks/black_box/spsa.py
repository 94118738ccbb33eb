"""SPSA: the gradient from random directions, followed by Adam inside the ball."""

import math

import numpy as np
import torch
from torch import Tensor

from openapi.attacks import Spsa
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rows import without
from workers.attacks.maths.losses import margin
from workers.attacks.registry import implements

_BETA1, _BETA2 = 0.9, 0.999
_BLOCK = 32  # directions in memory at once; decides the random numbers too, so that it must not depend on memory


@implements(Spsa)
def spsa(batch: Batch, spec: Spsa) -> None:
    """Ascend the margin f by Adam on ``g = mean_i (f(x + delta v_i) - f(x - delta v_i)) / (2 delta) v_i``.

    v_i: `directions` random signs, drawn by (seed, sample, step), 32 of them in memory at once. Probes are clipped to
    [0, 1], and f is taken at x ± delta v. After every step x is projected onto the ball and tested. One step costs
    ``2 directions + 1`` queries; a fooled row stops. No gradient of the model is used.

    Uesato et al., "Adversarial Risk and the Dangers of Evaluating Against Weak Attacks", 2018; Spall 1992.
    """
    active = batch.active()
    group = max(1, batch.victim.tile // (2 * min(spec.directions, _BLOCK)))
    for begin in range(0, len(active), group):
        _climb(batch, active[begin : begin + group], spec)
        batch.beat(min(begin + group, len(active)) / len(active))


def _climb(batch: Batch, rows: Tensor, spec: Spsa) -> None:
    rng, space, x = batch.rng.stream("spsa"), batch.ball(rows, spec.eps, spec.norm), batch.x[rows]
    first, second = torch.zeros_like(x), torch.zeros_like(x)
    blocks = [(rng.stream(str(b)), min(_BLOCK, spec.directions - b)) for b in range(0, spec.directions, _BLOCK)]
    for step in range(1, spec.steps + 1):
        grad = torch.zeros_like(x)
        for stream, count in blocks:
            v = signs(stream.keys(rows, step), count, x)
            grad.add_(_slope(batch, x, rows, v, spec.delta), alpha=count / spec.directions)
        first.lerp_(grad, 1 - _BETA1)
        second.mul_(_BETA2).addcmul_(grad, grad, value=1 - _BETA2)
        rate = spec.learning_rate / (1 - _BETA1**step)
        scale = math.sqrt(1 - _BETA2**step)
        x = space.project(x.addcdiv(first, second.sqrt().div_(scale).add_(1e-8), value=rate))
        hit = batch.keep(rows, x, batch.logits(x, rows), step)
        if bool(hit.any()):
            rows, x, first, second, space = without(hit, rows, x, first, second, space)
            if len(rows) == 0:
                return
    batch.offer(rows, x)


def _slope(batch: Batch, x: Tensor, rows: Tensor, v: Tensor, delta: float) -> Tensor:
    """Return the estimate (m, c, h, w) from directions v (m, k, c, h, w); both sides of all rows in one batch."""
    k = v.shape[1]
    step = v.mul(delta)
    probes = torch.stack([x[:, None] + step, x[:, None] - step], 1).clamp_(0, 1).flatten(0, 2)
    owners = rows.repeat_interleave(2 * k)
    value = margin(batch.logits(probes, owners), batch.y[owners]).view(len(x), 2, k)
    difference = (value[:, 0] - value[:, 1]) / (2 * delta * k)
    return torch.bmm(difference[:, None], v.flatten(2)).view_as(x)


def signs(keys: Tensor, count: int, like: Tensor) -> Tensor:
    """Return (m, count, c, h, w) of -1 and +1, one bit of a Philox stream each, from (m,) int64 keys."""
    shape = (count, *like.shape[1:])
    size = math.prod(shape)
    bits = np.empty((len(keys), size), dtype=np.uint8)
    for i, key in enumerate(keys.tolist()):
        words = np.random.Philox(key=key % 2**64).random_raw(-(-size // 64)).astype("<u8", copy=False)
        bits[i] = np.unpackbits(words.view(np.uint8), count=size)
    return torch.from_numpy(bits).to(like.device).to(like.dtype).mul_(2).sub_(1).view(len(keys), *shape)
