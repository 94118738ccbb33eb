"""Promotion and suppression: what each group of a perturbation's pixels does to the true and to the target class."""

from dataclasses import dataclass

import torch
from torch import Tensor

from workers.attacks.engine.victim import Victim
from workers.attacks.maths.losses import gather
from workers.attacks.minimal.pixel_groups import Groups
from workers.explain.passes import logits_of


@dataclass(frozen=True)
class Effects:
    """What the groups of n perturbations do, each (n, rows, columns) on the grid.

    promotion: p_i, suppression: s_i, float64 differences of logits; 0 where nothing is perturbed. touched: the groups
    in which the perturbation is not 0, which alone were asked about.
    """

    promotion: Tensor
    suppression: Tensor
    touched: Tensor


def effects(victim: Victim, x: Tensor, x_adv: Tensor, true: Tensor, target: Tensor, groups: Groups) -> Effects:
    """Undo a perturbation group by group and see what that changes.

    p_i = z(x')_t − z(x'_(i))_t        how much group i promotes the target class t
    s_i = z(x'_(i))_t0 − z(x')_t0      how much it suppresses the true class t0

    with x'_(i) the example x' whose pixels of group i are those of x again. One forward pass a group that is perturbed
    at all, in full batches over all images, and one an image.

    victim: passes over the n samples (`workers.explain.passes`). x, x_adv: (n, c, h, w) in [0, 1]; true, target: (n,)
    classes. Xu et al., "Interpreting Adversarial Examples by Activation Promotion and Suppression" (reconstructed).
    """
    touched = groups.sums((x_adv != x).to(torch.float32)) > 0
    at = victim.logits(x_adv, victim.everyone)
    at_true, at_target = gather(at, true).double(), gather(at, target).double()
    promotion = torch.zeros(touched.shape, dtype=torch.float64, device=x.device)
    suppression = torch.zeros_like(promotion)
    ids = group_numbers(groups, x.device)
    image, group = touched.flatten(1).nonzero(as_tuple=True)

    def undone(part: slice) -> tuple[Tensor, Tensor]:
        i, inside = image[part], ids == group[part, None, None]
        return torch.where(inside[:, None], x[i], x_adv[i]), i

    for part, z in logits_of(victim, len(image), undone):
        i, g = image[part], group[part]
        promotion.view(len(x), -1)[i, g] = at_target[i] - gather(z, target[i])
        suppression.view(len(x), -1)[i, g] = gather(z, true[i]) - at_true[i]
    return Effects(promotion, suppression, touched)


def group_numbers(groups: Groups, device: torch.device) -> Tensor:
    """Return (h, w) int64: the number of each pixel's group, row by row."""
    rows, columns = groups.shape
    return groups.spread(torch.arange(rows * columns, device=device)[None])[0, 0]
