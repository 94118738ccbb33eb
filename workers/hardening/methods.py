"""How each hardening method computes: its loss, and the adversary of its batches.

What else is known of a method, `openapi.hardening_methods` says under the same name.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from openapi.hardening_methods import METHODS
from openapi.hardening_options import HardenOptions
from workers.hardening.adversary import Adversary, climb_cross_entropy, climb_divergence
from workers.hardening.losses import alp_loss, mart_loss, pat_loss, trades_loss

#: (z (2n, classes): benign logits, then adversarial ones; y (n,); weight of the pairing term) → L_adv, one number.
Loss = Callable[[Tensor, Tensor, float], Tensor]


@dataclass(frozen=True)
class Training:
    """loss: L_adv of a batch; adversary: how its x' is made, None for a method that trains on benign images alone.

    benign: whether benign images pass too. A method without a pairing term is handed the weight 0; one without
    adversaries, or without benign images, is handed (n, classes) logits of the others alone.
    """

    loss: Loss
    adversary: Adversary | None = climb_cross_entropy
    benign: bool = True

    def passed(self, x: Tensor, x_adv: Tensor) -> Tensor:
        """The images of a batch that go through the network, benign ones first."""
        if self.adversary is None:
            return x
        return torch.cat([x, x_adv]) if self.benign else x_adv


def _pat(z: Tensor, y: Tensor, weight: float) -> Tensor:
    return pat_loss(z, y)


def _one_kind(z: Tensor, y: Tensor, weight: float) -> Tensor:
    return F.cross_entropy(z, y)


TRAININGS: dict[str, Training] = {
    "sns": Training(_pat),
    "pat": Training(_pat),
    "at": Training(_one_kind, benign=False),
    "alp": Training(alp_loss),
    "trades": Training(trades_loss, climb_divergence),
    "mart": Training(mart_loss),
    "rift": Training(_one_kind, adversary=None),
}


def pairing_weight(options: HardenOptions) -> float:
    """The weight of the method's pairing term: the one asked for, or the method's own; 0 without such a term."""
    default = METHODS[options.method].regulariser
    if default is None:
        return 0.0
    return default if options.regulariser is None else options.regulariser
