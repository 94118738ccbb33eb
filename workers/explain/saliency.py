"""Adversarial saliency: pixels that raise one class and matter to the other."""

import torch
from torch import Tensor

from workers.attacks.engine.victim import Victim
from workers.explain.passes import in_full_batches


def saliency_maps(victim: Victim, x: Tensor, true: Tensor, target: Tensor) -> Tensor:
    """Return (n, 2, h, w): of the true class t0 and of the target t, (∂z_c/∂x) · |∂z_o/∂x| with o the other of the two.

    Summed over channels. For c = t it is what scores of adversarial examples use; for c = t0 its mirror image (ours).
    x: (n, c, h, w) in [0, 1]; true, target: (n,) classes. After Papernot et al., "The Limitations of Deep Learning in
    Adversarial Settings", 2016. Raises `NotDifferentiable`.
    """
    classes = torch.stack([true, target], 1)
    parts = []
    for part in in_full_batches(len(x), victim.tile):
        _, grads = victim.jacobian(x[part], classes[part], victim.everyone[part])
        parts.append((grads * grads.flip(1).abs()).sum(2))
    return torch.cat(parts)
