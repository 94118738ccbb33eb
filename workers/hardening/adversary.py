"""The adversary of a training batch."""

import torch
from torch import Tensor

from openapi.hardening_options import HardenOptions
from workers.attacks.pairs import pgd_batch
from workers.attacks.victim import Logits
from workers.hardening.losses import divergence


def fresh_batch(
    attacked: Logits, x: Tensor, y: Tensor, options: HardenOptions, generator: torch.Generator, ramp: float = 1.0
) -> Tensor:
    """Make x' (n, c, h, w) anew against the present weights, by L-infinity PGD with eps · ramp.

    attacked: the network in eval mode. TRADES climbs KL(p(x) ‖ p(x')), every other method the cross-entropy.
    """
    eps = options.eps * ramp
    step_size = eps / options.steps**0.5 if options.step_size is None else options.step_size * ramp
    if options.method == "trades":
        return _climb_divergence(attacked, x, eps, options.steps, step_size, generator)
    return pgd_batch(attacked, x, y, eps=eps, steps=options.steps, step_size=step_size, generator=generator)


def _climb_divergence(
    attacked: Logits, x: Tensor, eps: float, steps: int, step_size: float, generator: torch.Generator
) -> Tensor:
    """PGD on the divergence from the benign prediction; at x itself its gradient is 0, hence a random start."""
    lower, upper = (x - eps).clamp_(min=0), (x + eps).clamp_(max=1)
    noise = torch.rand(x.shape, generator=generator, device=x.device, dtype=x.dtype)
    adv = torch.clamp(x + (2 * noise - 1) * eps, lower, upper)
    with torch.no_grad():
        benign = attacked(x)
    for _ in range(steps):
        leaf = adv.clone().requires_grad_()
        with torch.enable_grad():
            (grad,) = torch.autograd.grad(divergence(torch.cat([benign, attacked(leaf)])).sum(), leaf)
        adv = torch.clamp(torch.add(adv, grad.sign(), alpha=step_size), lower, upper)
    return adv
