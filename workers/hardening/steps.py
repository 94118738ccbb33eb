"""One step of a training: the objective of Eq. 13 on a batch, its gradients, and the move of the weights."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.hardening_options import HardenOptions
from openapi.problems import ModelNumerics
from workers.hardening.augment import Batch
from workers.hardening.losses import sns_loss
from workers.hardening.methods import TRAININGS, pairing_weight
from workers.hardening.selection import Omega
from workers.hardening.weight_perturbation import perturbed
from workers.models.audited import AuditedModel


class Diverged(ModelNumerics):
    """A loss that is no number any more."""


class Steps:
    """Moves the weights, batch by batch.

    model: its batch norms as they train; layers: S; parameters: those that move. `omega` and `lr_scale` are set by the
    one who trains; `total`: batches of the whole training, over which the schedules run.
    """

    def __init__(
        self, model: AuditedModel, options: HardenOptions, layers: Sequence[str], frozen: Sequence[str], total: int
    ) -> None:
        self.model, self.options, self.total = model, options, total
        self.method, self.weight = TRAININGS[options.method], pairing_weight(options)
        self.tapped = model.tapped("conv", layers)
        self.parameters = {name: p for name, p in model.trainable_parameters().items() if name not in frozen}
        self.optimizer = make_optimizer(list(self.parameters.values()), options)
        self.omega: Omega = {}
        self.lr_scale = 1.0

    def ramp(self, step: int) -> float:
        """The share of eps and λ at a batch, counted from 0 over the whole training."""
        return min(1.0, (step + 1) / (self.options.warmup * self.total)) if self.options.warmup else 1.0

    def lr(self, step: int) -> float:
        """The learning rate at a batch."""
        falls = (1 + math.cos(math.pi * step / self.total)) / 2 if self.options.schedule == "cosine" else 1.0
        return self.options.lr * falls * self.lr_scale

    def losses(self, batch: Batch, x_adv: Tensor, ramp: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
        """L_adv + λ L_sns, L_adv and L_sns (0 where nothing is stabilised) of one batch, from one forward pass."""
        both = torch.cat([batch.x, x_adv])
        if not self.method.stabilises:
            l_adv = self.method.loss(self.model(both), batch.target, self.weight)
            return l_adv, l_adv, torch.zeros((), device=l_adv.device)
        z, activations = self.tapped(both)
        l_adv, l_sns = self.method.loss(z, batch.target, self.weight), sns_loss(activations, self.omega)
        return l_adv + self.options.lambda_ * ramp * l_sns, l_adv, l_sns

    def take(self, batch: Batch, x_adv: Tensor, step: int, *, first: bool, last: bool) -> npt.NDArray[np.float64]:
        """Add the gradients of one batch, and step when it is the `last` of those that make a step.

        Returns loss, L_adv and L_sns; raises `Diverged` when one is no number, before the weights have moved.
        """
        if first:
            self.optimizer.zero_grad()
        ramp, share = self.ramp(step), 1 / self.options.accumulate
        if self.options.awp is None:
            values = self._backward(batch, x_adv, ramp, share)
        else:
            buffers = [b for b in self.model.graph.buffers() if b.is_floating_point()]
            weights = list(self.parameters.values())
            with perturbed(weights, buffers, lambda: self.losses(batch, x_adv, ramp)[0], self.options.awp):
                values = self._backward(batch, x_adv, ramp, share)
        if not np.isfinite(values).all():
            raise Diverged(f"the training loss became {values[0]} (L_adv {values[1]}, L_sns {values[2]})")
        if last:
            for group in self.optimizer.param_groups:
                group["lr"] = self.lr(step)
            if self.options.max_grad_norm is not None:
                torch.nn.utils.clip_grad_norm_(self.parameters.values(), self.options.max_grad_norm)
            self.optimizer.step()
        return values

    def _backward(self, batch: Batch, x_adv: Tensor, ramp: float, share: float) -> npt.NDArray[np.float64]:
        loss, l_adv, l_sns = self.losses(batch, x_adv, ramp)
        (loss * share if share != 1 else loss).backward()
        return np.array([float(loss.detach()), float(l_adv.detach()), float(l_sns.detach())])


def make_optimizer(parameters: list[torch.nn.Parameter], options: HardenOptions) -> torch.optim.Optimizer:
    """SGD with momentum, or Adam; `weight_decay` as torch defines it for each."""
    if options.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=options.lr, weight_decay=options.weight_decay)
    return torch.optim.SGD(parameters, lr=options.lr, momentum=options.momentum, weight_decay=options.weight_decay)
