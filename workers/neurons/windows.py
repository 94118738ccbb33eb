"""Where in the image an attack acts: windows of x taken from x', and how far they meet a neuron's receptive field."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from workers.attacks.minimal.pixel_groups import Groups, usual_side


@dataclass(frozen=True)
class VulnerabilityMaps:
    """V_b, V_a: (n, rows, columns) drop of P_{y_b} and rise of P_{y_a} by one window taken from x' (ours)."""

    benign: Tensor
    adversarial: Tensor
    groups: Groups


@torch.no_grad()
def vulnerability_maps(
    model: Callable[[Tensor], Tensor],
    x: Tensor,
    x_adv: Tensor,
    benign: Tensor,
    adversarial: Tensor,
    window: int | None = None,
    batch_size: int = 64,
) -> VulnerabilityMaps:
    """V_b(u) = P_{y_b}(x) − P_{y_b}(x with window u of x'), V_a(u) = P_{y_a}(x with u of x') − P_{y_a}(x).

    x, x_adv: (n, c, h, w) in [0, 1]; benign, adversarial: (n,) classes; window: side of a window (None: 2 up to 32
    pixels, 13 above), over all channels; those at the edge may be smaller. All windows of an image go through the
    model in batches of `batch_size`.
    """
    height, width = x.shape[2:]
    groups = Groups(window or usual_side(height, width), height, width)
    rows, columns = groups.shape
    count = rows * columns
    p = model(x).softmax(1)
    drop, rise = (torch.empty(len(x), count, dtype=p.dtype, device=p.device) for _ in range(2))
    masks = groups.spread(torch.eye(count, dtype=x.dtype, device=x.device)).bool()
    for i in range(len(x)):
        for begin in range(0, count, batch_size):
            mask = masks[begin : begin + batch_size]
            q = model(torch.where(mask, x_adv[i], x[i])).softmax(1)
            s = slice(begin, begin + len(mask))
            drop[i, s] = p[i, benign[i]] - q[:, benign[i]]
            rise[i, s] = q[:, adversarial[i]] - p[i, adversarial[i]]
    shape = (len(x), rows, columns)
    return VulnerabilityMaps(drop.reshape(shape), rise.reshape(shape), groups)


def map_scores(fields: Tensor, values: Tensor, groups: Groups) -> Tensor:
    """score_i = Σ_u RF_i(u) V(u) / Σ_u RF_i(u) over the windows u (ours): (n, neurons), 0 for a field that is 0.

    fields: (n, neurons, h', w') activation maps of the neurons, not negative, of any size; values: (n, rows, columns).
    A window's RF is the field's mean in it.
    """
    n, neurons = fields.shape[:2]
    large = F.interpolate(fields.clamp(min=0), size=(groups.h, groups.w), mode="bilinear", align_corners=False)
    mass = groups.sums(large.reshape(n * neurons, 1, groups.h, groups.w)).reshape(n, neurons, -1).double()
    weighted = (mass * values.reshape(n, 1, -1).double()).sum(2)
    total = mass.sum(2)
    return torch.where(total > 0, weighted / total.clamp(min=1e-300), torch.zeros_like(total))
