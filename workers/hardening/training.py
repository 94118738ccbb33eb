"""Algorithm 1 of SNS and its baselines: one training loop over batches of benign and adversarial images."""

import math
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.hardening_options import HardenOptions
from openapi.problems import JobFailed, ModelNumerics, NotTrainable
from openapi.stages.harden import Epoch
from workers.hardening.adversary import climb
from workers.hardening.data import Rows, TrainingSet
from workers.hardening.layers import frozen_parameters, stabilised_layers, train_batch_norm
from workers.hardening.losses import sns_loss
from workers.hardening.methods import TRAININGS, pairing_weight
from workers.hardening.selection import Omega
from workers.hardening.watch import Report, Watch
from workers.models.audited import AuditedModel
from workers.models.sharing import sharing
from workers.precision import exact_float32

#: Random training images on which `dynamic` chooses Ω again after each epoch (SNS).
DYNAMIC_PAIRS = 200


@dataclass(frozen=True)
class Hardening:
    """What a training did: S, the neurons of Ω by layer, the parameters left as they were, and the log."""

    layers: tuple[str, ...]
    omega: dict[str, tuple[int, ...]]
    frozen: tuple[str, ...]
    log: tuple[Epoch, ...]


class Hardener:
    """Minimises L_adv + λ L_sns (Eq. 13) over the parameters from the lowest layer of S upwards.

    model: changed in place, and left in eval mode. Two networks share its parameters: `model`, whose batch norms may be
    training, and `attacked`, always in eval mode. Equal seed, data and options give equal weights on one machine.
    """

    def __init__(
        self, model: AuditedModel, data: TrainingSet, options: HardenOptions, *, seed: int, report: Report | None = None
    ) -> None:
        if not model.trainable:
            raise NotTrainable(
                "The model holds no trainable parameters: weights are constants of a frozen file, or it gives no "
                "gradient. Upload the file before freezing (torch.jit.freeze) or quantisation."
            )
        data.check_labels(model.num_classes)
        self.model, self.data, self.options, self.seed = model, data, options, seed
        self.training, self.weight = TRAININGS[options.method], pairing_weight(options)
        self.report: Report = report or (lambda done, total, unit, phase: None)
        self.device = next(iter(model.trainable_parameters().values())).device
        self.layers = stabilised_layers(model, options.layers)
        self.frozen = frozen_parameters(model, self.layers[0])
        self.attacked = sharing(model)
        self.watch = Watch(self.attacked, data, options, self.layers, seed=seed, report=self.report)
        self.tapped = model.tapped("conv", self.layers)
        self.generator = torch.Generator(self.device).manual_seed(seed)
        self.adversaries: npt.NDArray[np.float32] | None = None
        self.omega: Omega = {}

    def run(self) -> Hardening:
        """Choose Ω, train, and return what was done; raises `JobFailed` when the loss is no longer a number."""
        options, model = self.options, self.model
        self.omega = self.watch.select(options.pairs, stream=2)
        if options.adversary == "fixed":
            self.adversaries = self.fix_adversaries()
        parameters = [p for name, p in model.trainable_parameters().items() if name not in self.frozen]
        model.freeze()
        model.unfreeze(name for name in model.trainable_parameters() if name not in self.frozen)
        optimizer = make_optimizer(parameters, options)
        if options.batch_norm == "train":
            train_batch_norm(model, self.layers[0])
        log = [self.watch.judge(0, self.omega, (None, None, None), options.lr, 0.0)]
        try:
            for epoch in range(1, options.epochs + 1):
                began = time.monotonic()
                losses = self.train_epoch(epoch, optimizer, parameters)
                if options.selection == "dynamic" and epoch < options.epochs:
                    self.omega = self.watch.select(DYNAMIC_PAIRS, stream=2 + epoch)
                lr = float(optimizer.param_groups[0]["lr"])
                log.append(self.watch.judge(epoch, self.omega, losses, lr, time.monotonic() - began))
        except ModelNumerics as error:  # the last step of an epoch can break the weights after its loss was checked
            raise self.diverged("the weights became NaN or infinite") from error
        finally:
            model.set_batch_norm(False)
            model.unfreeze()
        omega = {name: tuple(int(m) for m in neurons) for name, neurons in self.omega.items()}
        return Hardening(self.layers, omega, self.frozen, tuple(log))

    def train_epoch(
        self, epoch: int, optimizer: torch.optim.Optimizer, parameters: list[torch.nn.Parameter]
    ) -> tuple[float, float, float]:
        """One pass over the training set; returns the mean loss, L_adv and L_sns."""
        options = self.options
        batches = self.data.batches(options.batch_size)
        total = batches * options.epochs
        sums = np.zeros(3)
        for i, rows in enumerate(self.data.shuffled(options.batch_size, self.seed, epoch)):
            step = (epoch - 1) * batches + i
            ramp = min(1.0, (step + 1) / (options.warmup * total)) if options.warmup else 1.0
            if options.schedule == "cosine":
                for group in optimizer.param_groups:
                    group["lr"] = options.lr * (1 + math.cos(math.pi * step / total)) / 2
            loss, l_adv, l_sns = self.losses(rows, self.adversary(rows, ramp), ramp)
            optimizer.zero_grad()
            loss.backward()
            if options.max_grad_norm is not None:
                torch.nn.utils.clip_grad_norm_(parameters, options.max_grad_norm)
            values = np.array([float(loss.detach()), float(l_adv.detach()), float(l_sns.detach())])
            if not np.isfinite(values).all():
                raise self.diverged(
                    f"the training loss became {values[0]} in epoch {epoch}, batch {i + 1} (L_adv {values[1]}, "
                    f"L_sns {values[2]})"
                )
            optimizer.step()
            sums += values
            self.report(step + 1, total, "batches", "harden")
        loss_mean, adv_mean, sns_mean = (sums / batches).tolist()
        return loss_mean, adv_mean, sns_mean

    def diverged(self, what: str) -> JobFailed:
        """The error of a training whose numbers left the real ones, with what to do."""
        options = self.options
        return JobFailed(
            f"{what}; lower lr ({options.lr:g}) or lambda ({options.lambda_:g}), set max_grad_norm (e.g. 1), "
            "or raise warmup (e.g. 0.5)"
        )

    def losses(self, rows: Rows, x_adv: Tensor, ramp: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
        """L_adv + λ L_sns, L_adv and L_sns (0 where nothing is stabilised) of one batch, from one forward pass."""
        both = torch.cat([rows.x, x_adv])
        if not self.training.stabilises:
            l_adv = self.training.loss(self.model(both), rows.y, self.weight)
            return l_adv, l_adv, torch.zeros((), device=self.device)
        z, activations = self.tapped(both)
        l_adv, l_sns = self.training.loss(z, rows.y, self.weight), sns_loss(activations, self.omega)
        return l_adv + self.options.lambda_ * ramp * l_sns, l_adv, l_sns

    def adversary(self, rows: Rows, ramp: float) -> Tensor:
        """x' of a training batch: made afresh, or the stored ones of the vanilla model."""
        if self.adversaries is None:
            return self.training.adversary(self.attacked, rows.x, rows.y, climb(self.options, self.generator, ramp))
        return torch.from_numpy(self.adversaries[rows.index.cpu().numpy()]).to(self.device)

    def fix_adversaries(self) -> npt.NDArray[np.float32]:
        """The dual pairs of the whole training set against the vanilla model, made once (`adversary: fixed`)."""
        stored: npt.NDArray[np.float32] | None = None
        for at in range(0, len(self.data), self.options.batch_size):
            index = np.arange(at, min(at + self.options.batch_size, len(self.data)), dtype=np.int64)
            x_adv = self.watch.pairs(self.data.take(index), self.options.steps).cpu().numpy()
            if stored is None:
                stored = np.empty((len(self.data), *x_adv.shape[1:]), np.float32)
            stored[index] = x_adv
            self.report(at + len(index), len(self.data), "samples", "fix adversaries")
        assert stored is not None
        return stored


def harden(
    model: AuditedModel, data: TrainingSet, options: HardenOptions, *, seed: int = 0, report: Report | None = None
) -> Hardening:
    """Harden `model` in place (see `Hardener`); `NotTrainable`, `InvalidField`, `DatasetMismatch`, `JobFailed`."""
    with exact_float32():
        return Hardener(model, data, options, seed=seed, report=report).run()


def make_optimizer(parameters: list[torch.nn.Parameter], options: HardenOptions) -> torch.optim.Optimizer:
    """SGD with momentum, or Adam; `weight_decay` as torch defines it for each."""
    if options.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=options.lr, weight_decay=options.weight_decay)
    return torch.optim.SGD(parameters, lr=options.lr, momentum=options.momentum, weight_decay=options.weight_decay)
