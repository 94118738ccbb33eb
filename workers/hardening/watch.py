"""What a hardening sees of its own network: dual pairs, Ω, and how each epoch went."""

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.hardening_options import HardenOptions
from openapi.stages.harden import Epoch
from workers.attacks.ball.pairs import dual_pairs
from workers.hardening.data import Rows, TrainingSet
from workers.hardening.quick import Quick
from workers.hardening.ranks import Ranks
from workers.hardening.selection import Omega, at_random, every, sensitive
from workers.models.audited import AuditedModel
from workers.neurons.measure import measure
from workers.neurons.ranking import sensitivity
from workers.neurons.sums import SensitivitySums

#: done, total, unit, phase.
Report = Callable[[float, float, str, str | None], None]

#: Training images on which each epoch is judged.
MONITORED = 128


class Watch:
    """Full-strength pairs against the present weights, and what is read off them.

    attacked: the network in eval mode, sharing the weights that are trained; layers: S; quick: its quick form, by which
    pairs are made; None: by itself. held_out: the validation split.
    ranks: with whom the training is shared; what is read off is then the first one's, for all.
    """

    def __init__(
        self,
        attacked: AuditedModel,
        data: TrainingSet,
        options: HardenOptions,
        layers: tuple[str, ...],
        *,
        quick: Quick | None = None,
        held_out: TrainingSet | None = None,
        seed: int,
        report: Report,
        ranks: Ranks | None = None,
    ) -> None:
        self.attacked, self.data, self.options, self.seed, self.report = attacked, data, options, seed, report
        self.layers, self.quick, self.held_out, self.ranks = layers, quick, held_out, ranks or Ranks()
        self.tapped = attacked.tapped("conv", layers)
        self.device: torch.device = next(iter(attacked.trainable_parameters().values())).device
        self.monitor = list(data.sample(MONITORED, seed, 1, options.batch_size))

    def pairs(self, rows: Rows, steps: int) -> Tensor:
        """Full-strength x' at the training eps against the present weights."""
        return dual_pairs(
            self.attacked if self.quick is None else self.quick.now(rows.x),
            rows.x,
            rows.y,
            rows.index,
            seed=self.seed,
            eps=self.options.eps,
            steps=steps,
            step_size=self.options.step_size if steps == self.options.steps else None,
        )

    def all_pairs(self) -> npt.NDArray[np.float32]:
        """x' of the whole training set against the present weights, in its order (`adversary: fixed`)."""
        stored: npt.NDArray[np.float32] | None = None
        done = 0
        for rows in self.data.all(self.options.batch_size):
            x_adv = self.pairs(rows, self.options.steps).cpu().numpy()
            if stored is None:
                stored = np.empty((len(self.data), *x_adv.shape[1:]), np.float32)
            stored[done : done + len(x_adv)] = x_adv
            done += len(x_adv)
            self.report(done, len(self.data), "samples", "fix adversaries")
        assert stored is not None  # a training set holds at least one sample
        return stored

    def select(self, count: int, stream: int) -> Omega:
        """Choose the neurons of each layer of S by the `selection` asked for, on `count` training images."""
        found: dict[str, list[int]] = self.ranks.agreed(
            lambda: {name: neurons.tolist() for name, neurons in self._select(count, stream).items()}
        )
        return {name: torch.tensor(neurons, device=self.device) for name, neurons in found.items()}

    def _select(self, count: int, stream: int) -> Omega:
        options = self.options
        neurons = {layer.name: layer.neurons for layer in self.attacked.layers if layer.name in self.layers}
        if options.selection == "all":
            return every(neurons, self.device)
        if options.selection == "random":
            return at_random(neurons, options.top_fraction, self.seed, self.device)
        count = min(count, len(self.data))
        sums = SensitivitySums()
        for rows in self.data.sample(count, self.seed, stream, options.batch_size):
            sums.add(measure(self.tapped, rows.x, self.pairs(rows, options.steps), rows.index)[0])
            self.report(sums.n, count, "samples", "select neurons")
        return sensitive(sums, self.layers, options.top_fraction, self.device)

    def balance(self, omega: Omega) -> dict[str, float]:
        """Layer → what its term of L_sns is multiplied by, so that all weigh alike on the monitored images now.

        f_l = mean over layers of L_l / L_l, with L_l the sum of σ over Ω_l: Σ f_l L_l = Σ L_l. Ours.
        """
        found: dict[str, float] = self.ranks.agreed(lambda: self._balance(omega))
        return found

    def _balance(self, omega: Omega) -> dict[str, float]:
        sums = SensitivitySums()
        self.accuracies(self.monitor, sums)
        terms = {name: float(sensitivity(sums.layer(name))[at.cpu().numpy()].sum()) for name, at in omega.items()}
        mean = sum(terms.values()) / len(terms)
        return {name: mean / term if term > 0 else 1.0 for name, term in terms.items()}

    def judge(
        self,
        epoch: int,
        omega: Omega,
        losses: tuple[float | None, float | None, float | None],
        lr: float,
        seconds: float,
    ) -> Epoch:
        """Accuracies and the sensitivity of Ω on the monitored training images, accuracies on the validation split."""
        line: Epoch = self.ranks.agreed(lambda: self._judge(epoch, omega, losses, lr, seconds))
        return line

    def _judge(
        self,
        epoch: int,
        omega: Omega,
        losses: tuple[float | None, float | None, float | None],
        lr: float,
        seconds: float,
    ) -> Epoch:
        sums = SensitivitySums()
        clean, robust = self.accuracies(self.monitor, sums)
        sigma = [sensitivity(sums.layer(name))[neurons.cpu().numpy()] for name, neurons in omega.items()]
        loss, l_adv, l_sns = losses
        held_out = None if self.held_out is None else self.held_out_accuracies()
        return Epoch(
            epoch=epoch,
            loss=loss,
            l_adv=l_adv,
            l_sns=l_sns,
            clean_accuracy=clean,
            robust_accuracy=robust,
            sensitivity=float(np.concatenate(sigma).mean()),
            lr=lr,
            seconds=seconds,
            validation_clean=None if held_out is None else held_out[0],
            validation_robust=None if held_out is None else held_out[1],
        )

    def held_out_accuracies(self) -> tuple[float, float]:
        """Clean and robust accuracy on the validation split, which there must be."""
        assert self.held_out is not None
        return self.accuracies(self.held_out.all(self.options.batch_size))

    def accuracies(self, batches: Iterable[Rows], sums: SensitivitySums | None = None) -> tuple[float, float]:
        """Shares of images that are right, and right after PGD of at least 10 steps; `sums` takes their pairs.

        Where nobody wants their pairs, images that are wrong as they are need none.
        """
        clean, robust, n = 0, 0, 0
        for rows in batches:
            right, stays = self._right(rows) if sums is None else self._right_and_added(rows, sums)
            clean, robust, n = clean + right, robust + stays, n + len(rows.y)
        return clean / n, robust / n

    @torch.no_grad()
    def _right(self, rows: Rows) -> tuple[int, int]:
        at = (self.attacked(rows.x).argmax(1) == rows.y).nonzero().flatten()
        if not len(at):
            return 0, 0
        asked = Rows(rows.x[at], rows.y[at], rows.index[at])
        stays = self.attacked(self.pairs(asked, self._judging)).argmax(1) == asked.y
        return len(at), int(stays.sum())

    def _right_and_added(self, rows: Rows, sums: SensitivitySums) -> tuple[int, int]:
        norms, *logits = measure(self.tapped, rows.x, self.pairs(rows, self._judging), rows.index)
        sums.add(norms)
        right, stays = (scores.argmax(1) == rows.y for scores in logits)
        return int(right.sum()), int((right & stays).sum())

    @property
    def _judging(self) -> int:
        return max(10, self.options.steps)
