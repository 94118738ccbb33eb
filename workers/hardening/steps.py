"""One step of a training: the objective of Eq. 13 on a batch, its gradients, and the move of the weights."""

import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.hardening_methods import METHODS
from openapi.hardening_options import HardenOptions
from openapi.problems import ModelNumerics
from workers.attacks.ball.pairs import tiles
from workers.attacks.engine.victim import Logits
from workers.hardening.adversary import climb
from workers.hardening.augment import Batch
from workers.hardening.losses import sns_loss
from workers.hardening.methods import TRAININGS, pairing_weight
from workers.hardening.muon import Muon
from workers.hardening.ranks import Ranks
from workers.hardening.selection import Omega
from workers.hardening.weight_perturbation import perturbed
from workers.models.audited import AuditedModel

#: Written into the log of a training whose precision its worker does not have.
NO_GPU = "precision mixed needs a GPU: this training runs in float32"


class Diverged(ModelNumerics):
    """A loss that is no number any more."""


class Steps:
    """Moves the weights, batch by batch.

    model: its batch norms as they train; layers: S; parameters: those that move. `omega`, `factors` (of each layer's
    term in L_sns), `lr_scale` and `micro` are set by the one who trains; `total`: batches of the whole training, over
    which the schedules run. micro: images of a batch that go through the network at once, None is all of them. The
    gradient of the batch is the same, up to rounding, unless batch norms use the statistics of what they are given.
    ranks: with whom batches are shared.
    """

    def __init__(
        self,
        model: AuditedModel,
        options: HardenOptions,
        layers: Sequence[str],
        frozen: Sequence[str],
        total: int,
        ranks: Ranks | None = None,
    ) -> None:
        self.model, self.options, self.total = model, options, total
        self.method, self.weight = TRAININGS[options.method], pairing_weight(options)
        self.stabilises = METHODS[options.method].stabilises
        self.tapped = model.tapped("conv", layers)
        self.parameters = {name: p for name, p in model.trainable_parameters().items() if name not in frozen}
        self.optimizer = make_optimizer(list(self.parameters.values()), options)
        device = next(iter(self.parameters.values())).device
        self.mixed = options.precision == "mixed" and device.type == "cuda"
        self.omega: Omega = {}
        self.factors: Mapping[str, float] | None = None
        self.ranks = ranks or Ranks()
        self.lr_scale = 1.0
        self.micro: int | None = None

    def ramp(self, step: int) -> float:
        """The share of eps and λ at a batch, counted from 0 over the whole training."""
        return min(1.0, (step + 1) / (self.options.warmup * self.total)) if self.options.warmup else 1.0

    def lr(self, step: int) -> float:
        """The learning rate at a batch."""
        falls = (1 + math.cos(math.pi * step / self.total)) / 2 if self.options.schedule == "cosine" else 1.0
        return self.options.lr * falls * self.lr_scale

    def precision(self) -> AbstractContextManager[object]:
        """Passes in bfloat16 where that was asked for and there is a GPU; weights and sums stay float32."""
        return torch.autocast("cuda", torch.bfloat16) if self.mixed else nullcontext()

    def adversary(self, attacked: Logits, batch: Batch, generator: torch.Generator, ramp: float) -> Tensor:
        """x' of a batch, made afresh against `attacked`; x itself for a method that trains on benign images.

        Where processes share the batch, of this one's part alone.
        """
        if self.method.adversary is None:
            return batch.x
        how = climb(self.options, generator, ramp, tile=self.micro, rows=self._own(batch))
        with self.precision():
            return self.method.adversary(attacked, batch.x, batch.y, how)

    def losses(self, batch: Batch, x_adv: Tensor, ramp: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
        """L_adv + λ L_sns, L_adv and L_sns (0 where nothing is stabilised) of one batch, from one forward pass."""
        x = self.method.passed(batch.x, x_adv)
        with self.precision(), self.ranks.together():
            z, activations = self.tapped(x) if self.stabilises else (self.model(x), {})
        l_adv = self.method.loss(z, batch.target, self.weight)
        if not self.stabilises:
            return l_adv, l_adv, torch.zeros((), device=l_adv.device)
        l_sns = sns_loss(activations, self.omega, self.factors)
        return l_adv + self.options.lambda_ * ramp * l_sns, l_adv, l_sns

    def take(self, batch: Batch, x_adv: Tensor, step: int, *, first: bool, last: bool) -> npt.NDArray[np.float64]:
        """Add the gradients of one batch, and step when it is the `last` of those that make a step.

        Returns loss, L_adv and L_sns; raises `Diverged` when one is no number, before the weights have moved.
        """
        if first:
            self.optimizer.zero_grad()
        ramp = self.ramp(step)
        if self.options.awp is None:
            values = self._backward(batch, x_adv, ramp)
        else:
            buffers = [b for b in self.model.graph.buffers() if b.is_floating_point()]
            weights = list(self.parameters.values())
            terms = [partial(self._loss, *part, ramp) for part in self._parts(batch, x_adv)]
            with perturbed(weights, buffers, terms, self.options.awp, self.ranks.add):
                values = self._backward(batch, x_adv, ramp)
        if not self.ranks.alone:
            total = torch.from_numpy(values).to(batch.x.device)
            self.ranks.add([total])
            values = total.cpu().numpy()
        if not np.isfinite(values).all():
            raise Diverged(f"the training loss became {values[0]} (L_adv {values[1]}, L_sns {values[2]})")
        if last:
            self.ranks.add(p.grad for p in self.parameters.values() if p.grad is not None)
            for group in self.optimizer.param_groups:
                group["lr"] = self.lr(step)
            if self.options.max_grad_norm is not None:
                torch.nn.utils.clip_grad_norm_(self.parameters.values(), self.options.max_grad_norm)
            self.optimizer.step()
        return values

    def _backward(self, batch: Batch, x_adv: Tensor, ramp: float) -> npt.NDArray[np.float64]:
        values, share = np.zeros(3), 1 / self.options.accumulate
        for part in self._parts(batch, x_adv):
            terms = self._term(*part, ramp)
            (terms[0] * share if share != 1 else terms[0]).backward()
            values += [float(term.detach()) for term in terms]
        return values

    def _parts(self, batch: Batch, x_adv: Tensor) -> list[tuple[Batch, Tensor, float]]:
        """This process's part of the batch and its x' in pieces that fit into memory, with the share of the batch that
        each is."""
        own = self._own(batch) or slice(0, len(batch.x))
        pieces = tiles(own.stop - own.start, self.micro)
        if len(pieces) == 1 and self.ranks.alone:
            return [(batch, x_adv, 1.0)]
        pieces = [slice(own.start + s.start, own.start + s.stop) for s in pieces]
        return [(batch.part(s), x_adv[s], (s.stop - s.start) / len(batch.x)) for s in pieces]

    def _own(self, batch: Batch) -> slice | None:
        """The rows that this process passes; None is all of them."""
        return None if self.ranks.alone else self.ranks.rows(len(batch.x))

    def _term(self, batch: Batch, x_adv: Tensor, share: float, ramp: float) -> tuple[Tensor, Tensor, Tensor]:
        """What a piece adds to the losses of its batch: they are means over the images."""
        loss, l_adv, l_sns = self.losses(batch, x_adv, ramp)
        return (loss, l_adv, l_sns) if share == 1 else (loss * share, l_adv * share, l_sns * share)

    def _loss(self, batch: Batch, x_adv: Tensor, share: float, ramp: float) -> Tensor:
        return self._term(batch, x_adv, share, ramp)[0]


def make_optimizer(parameters: list[torch.nn.Parameter], options: HardenOptions) -> torch.optim.Optimizer:
    """SGD with momentum, Adam or Muon; `weight_decay` as torch defines it for each."""
    if options.optimizer == "muon":
        return Muon(parameters, lr=options.lr, momentum=options.momentum, weight_decay=options.weight_decay)
    if options.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=options.lr, weight_decay=options.weight_decay)
    return torch.optim.SGD(parameters, lr=options.lr, momentum=options.momentum, weight_decay=options.weight_decay)
