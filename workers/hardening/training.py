"""Algorithm 1 of SNS and its baselines: one training loop over batches of benign and adversarial images."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.hardening_methods import METHODS
from openapi.hardening_options import Goal, HardenOptions
from openapi.problems import ModelNumerics
from openapi.stages.harden import Decided, Epoch, Frontier
from workers.hardening.adversary import climb, free_start, free_step
from workers.hardening.augment import Batch, batch_of
from workers.hardening.averaging import Average, renew_statistics, restored, training_norms
from workers.hardening.choice import Chosen, better, collapse, is_stale
from workers.hardening.data import Rows, TrainingSet
from workers.hardening.frontier import Candidate, Way, candidate
from workers.hardening.layers import (
    check_trainable,
    frozen_parameters,
    others,
    stabilised_layers,
    subtracted_biases,
    train_batch_norm,
)
from workers.hardening.layout import LOOKED_AT, put_in_order, weights_as_in_files
from workers.hardening.quick import Quick
from workers.hardening.ranks import Ranks
from workers.hardening.saved import Moment, copies, put
from workers.hardening.setbacks import in_smaller_pieces, roll_back
from workers.hardening.standing import put_back, taken
from workers.hardening.steps import NO_GPU, Diverged, Steps
from workers.hardening.watch import Watch
from workers.hardening.watchers import NOBODY, Watchers
from workers.models.audited import AuditedModel
from workers.models.sharing import sharing
from workers.refusals import out_of_memory

#: Random training images on which `dynamic` chooses Ω again after each epoch (SNS).
DYNAMIC_PAIRS = 200
#: Batches over which batch-norm statistics are computed anew for averaged weights.
STATISTICS_BATCHES = 16


@dataclass(frozen=True)
class Hardening:
    """What a training did: S, neurons of Ω by layer, parameters left as they were, the log, and the epoch delivered.

    factors: of each layer's term in L_sns; decided: what was found out before."""

    layers: tuple[str, ...]
    omega: dict[str, tuple[int, ...]]
    frozen: tuple[str, ...]
    log: tuple[Epoch, ...]
    delivered: int
    frontier: Frontier | None = None
    factors: dict[str, float] | None = None
    decided: Decided | None = None


class Hardener:
    """Minimises L_adv + λ L_sns (Eq. 13) over the parameters from the lowest layer of S upwards.

    model: changed in place, and left in eval mode. Two networks share its parameters: `model`, whose batch norms may be
    training, and `attacked`, always in eval mode. Equal seed, data and options give equal weights on one machine, also
    when a training goes on from a `Moment` of it. watchers: who is told of it, but of what was `planned`; ranks: with
    whom it is shared. What the options leave open is decided before (`workers.hardening.deciding`).
    """

    def __init__(
        self,
        model: AuditedModel,
        data: TrainingSet,
        options: HardenOptions,
        *,
        seed: int,
        watchers: Watchers = NOBODY,
        ranks: Ranks | None = None,
    ) -> None:
        check_trainable(model)
        data.check_labels(model.num_classes)
        self.model, self.options, self.seed = model, options, seed
        self.data, held_out = data.split(options.validation, seed) if options.validation else (data, None)
        self.watchers, self.report = watchers, watchers.report
        self.device = next(iter(model.trainable_parameters().values())).device
        self.layers = stabilised_layers(model, options.layers)
        self.alone = METHODS[options.method].kind == "module"
        self.frozen = others(model, self.layers) if self.alone else frozen_parameters(model, self.layers[0])
        put_in_order(model, next(iter(self.data.all(LOOKED_AT))).x)  # before anything shares the weights' memory
        self.attacked = sharing(model)
        self.quick = Quick(self.attacked)
        self.ranks = ranks or Ranks()
        self.watch = Watch(
            self.attacked,
            self.data,
            options,
            self.layers,
            quick=self.quick,
            held_out=held_out,
            seed=seed,
            report=self.report,
            ranks=self.ranks,
        )
        self.batches = self.data.batches(options.batch_size)
        #: How often a batch is trained on.
        self.times = options.steps if options.adversary == "free" else 1
        total = self.batches * self.times * options.epochs
        #: Above the lowest layer of S, where everything else is trained.
        self.still = subtracted_biases(model, self.layers[0]) if self.norms_train else ()
        self.steps = Steps(model, options, self.layers, (*self.frozen, *self.still), total, self.ranks)
        self.average = Average(self.steps.parameters, options.averaging) if options.averaging else None
        self.weights: dict[str, Tensor] = {**model.trainable_parameters(), **dict(model.graph.named_buffers())}
        self.generator = torch.Generator(self.device).manual_seed(seed)
        self.adversaries: npt.NDArray[np.float32] | None = None
        self.log: list[Epoch] = []
        self.sums, self.rolled_back = np.zeros(3), 0
        self.chosen: Chosen | None = None
        self.candidate: Candidate | None = None

    def run(self, moment: Moment | None = None) -> Hardening:
        """Choose Ω and train, or go on from `moment`; raises `JobFailed` when the loss is no longer a number."""
        options = self.options
        vanilla = copies(self.weights) if options.goal is not None or self.alone else {}
        if moment is None:
            self.steps.omega = self.watch.select(options.pairs, stream=2)
            if options.lambda_choice == "adaptive":
                self.steps.factors = self.watch.balance(self.steps.omega)
        if options.adversary == "fixed":  # they belong to the vanilla model: made before its weights are replaced
            self.adversaries = self.watch.all_pairs()
        with weights_as_in_files(self.model), self.ready():
            self.train(moment)
            if self.chosen is not None:
                put(self.weights, self.chosen.weights)
            elif self.average is not None:
                self.average.put()
                self.renew_statistics()
            way = Way(
                self.weights,
                vanilla,
                renew=self.renew_statistics,
                measure=self.watch.held_out_accuracies,
                report=lambda done, total: self.report(done, total, "points", "weigh"),
            )
            goal = self.goal()
            leave = self.watchers.leave if self.options.keep_frontier else None
            frontier = None if goal is None else way.walk(goal, leave, log=self.log, rival=self.candidate)
        omega = {name: tuple(int(m) for m in neurons) for name, neurons in self.steps.omega.items()}
        delivered = self.log[-1].epoch if self.chosen is None else self.chosen.epoch
        factors = None if self.steps.factors is None else dict(self.steps.factors)
        frozen = (*self.frozen, *self.still)
        return Hardening(self.layers, omega, frozen, tuple(self.log), delivered, frontier, factors)

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Within, the network is one that trains: which parameters have gradients, which norms use the batch's."""
        self.model.freeze()
        self.model.unfreeze(self.steps.parameters)
        if self.norms_train:
            train_batch_norm(self.model, self.layers[0])
        try:
            with self.ranks.shared(self.model):
                yield
        finally:
            self.model.set_batch_norm(False)
            self.model.unfreeze()

    @property
    def norms_train(self) -> bool:
        """Whether batch norms from the lowest layer of S upwards use the batch's statistics."""
        return self.options.batch_norm != "eval" and not self.alone

    def goal(self) -> Goal | None:
        """What the way back from the hardened weights is walked for: for RiFT, the robustness that there was."""
        robust = self.log[0].validation_robust
        return Goal(robust_accuracy=robust) if self.alone and robust is not None else self.options.goal

    def train(self, moment: Moment | None) -> None:
        """All epochs from `moment`; those whose numbers left the real ones are begun again with half the rate, those
        that needed too much memory in smaller pieces."""
        options = self.options
        if moment is None:
            self.log = [self.watch.judge(0, self.steps.omega, (None, None, None), options.lr, 0.0)]
            if options.precision == "mixed" and not self.steps.mixed:
                self.log = [self.log[0].model_copy(update={"note": NO_GPU})]
            self.watchers.heard(self.log[0])
            begun = taken(self, 1)
        else:
            begun = moment if moment.start is None else Moment(**moment.start)
            put_back(self, moment)
        epoch, batch, note = (begun.epoch, 0, None) if moment is None else (moment.epoch, moment.batch, moment.note)
        while epoch <= options.epochs and not is_stale(self.log, self.chosen, options.patience):
            try:
                self.train_epoch(epoch, batch, begun, note)
                if fall := collapse(self.log, self.model.num_classes, monitored=self.rolled_back > 0):
                    self.log.pop()
                    raise Diverged(fall)
            except ModelNumerics as error:  # the last step of an epoch can break the weights after its loss was checked
                what = str(error) if isinstance(error, Diverged) else "the weights became NaN or infinite"
                note, batch = roll_back(self, begun, what), 0
                continue
            except (RuntimeError, MemoryError) as error:
                if not out_of_memory(error) or not self.ranks.alone:  # the others would wait for this one for ever
                    raise
                note, batch = in_smaller_pieces(self, begun, error), 0
                continue
            epoch, batch, note = epoch + 1, 0, None
            begun = taken(self, epoch)
            self.watchers.keep(begun)

    def train_epoch(self, epoch: int, from_batch: int, begun: Moment, note: str | None) -> None:
        """One pass over the training set, from a batch of it on, and a line of the log."""
        options, began, kept = self.options, time.monotonic(), time.monotonic()
        rows = self.data.shuffled(options.batch_size, self.seed, epoch, from_batch)
        for i, batch in enumerate(self.prepared(rows, epoch, from_batch), from_batch):
            done = (epoch - 1) * self.batches + i
            last = (i + 1) % options.accumulate == 0 or i + 1 == self.batches
            try:
                self.sums += self.train_batch(batch, done, first=i % options.accumulate == 0, last=last)
            except Diverged as error:
                raise Diverged(f"in epoch {epoch}, batch {i + 1} {error}") from error
            self.watchers.underway(epoch, self.sums / (i + 1))
            self.report(done + 1, self.batches * options.epochs, "batches", "harden")
            if last and i + 1 < self.batches and time.monotonic() - kept > self.watchers.every:
                kept = time.monotonic()
                self.watchers.keep(taken(self, epoch, i + 1, begun, note))
        if options.selection == "dynamic" and epoch < options.epochs:
            self.steps.omega = self.watch.select(DYNAMIC_PAIRS, stream=2 + epoch)
        means: list[float] = (self.sums / self.batches).tolist()
        self.sums = np.zeros(3)
        self.judge(epoch, (means[0], means[1], means[2]), time.monotonic() - began, note)

    def train_batch(self, batch: Batch, done: int, *, first: bool, last: bool) -> npt.NDArray[np.float64]:
        """Train on a batch, once or, with free adversaries, several times, and average the weights where a step ends.

        done: batches before it, of the whole training. Returns loss, L_adv and L_sns, of several times the means.
        """
        sums, x_adv = np.zeros(3), batch.x
        for again in range(self.times):
            step = done * self.times + again
            x_adv = self.adversary(batch, self.steps.ramp(step), x_adv if again else None)
            sums += self.steps.take(batch, x_adv, step, first=first, last=last)
            if last and self.average is not None:
                self.average.update()
        return sums / self.times

    def prepared(self, rows: Iterator[Rows], epoch: int, from_batch: int) -> Iterator[Batch]:
        """Batches as they are trained on."""
        options = self.options
        for i, drawn in enumerate(rows, from_batch):
            draw = np.random.default_rng([self.seed, 0xA06, epoch, i])
            yield batch_of(drawn, options.augment, options.label_smoothing, self.model.num_classes, draw)

    def judge(self, epoch: int, losses: tuple[float, float, float], seconds: float, note: str | None) -> None:
        """A line of the log on the weights that would be delivered, and the choice among epochs."""
        options = self.options
        lr = float(self.steps.optimizer.param_groups[0]["lr"])
        with ExitStack() as stack:
            if self.average is not None:
                stack.enter_context(restored(self.weights.values()))
                self.average.put()
                self.renew_statistics()
            line = self.watch.judge(epoch, self.steps.omega, losses, lr, seconds)
            self.log.append(line if note is None else line.model_copy(update={"note": note}))
            if options.choose_by is not None:
                self.chosen = better(self.chosen, line, options.choose_by, self.weights)
            if (goal := self.goal()) is not None and not self.alone:
                self.candidate = candidate(self.candidate, self.log, goal, self.weights)
            self.watchers.heard(self.log[-1])

    def renew_statistics(self) -> None:
        """Batch-norm statistics for the present weights, over the first training batches and their adversaries."""
        if self.steps.method.adversary is None or not training_norms(self.model):
            return
        generator = torch.Generator(self.device).manual_seed(self.seed)
        how = climb(self.options, generator, tile=self.steps.micro)
        rows = self.data.sample(STATISTICS_BATCHES * self.options.batch_size, self.seed, 4, self.options.batch_size)
        # All adversaries before the statistics, which they are made with, change.
        passed, adversary = self.steps.method.passed, self.steps.method.adversary
        pairs = [passed(r.x, adversary(self.quick.now(r.x), r.x, r.y, how)) for r in rows]
        renew_statistics(self.model, pairs)

    def adversary(self, batch: Batch, ramp: float, before: Tensor | None = None) -> Tensor:
        """x' of a training batch: made afresh, the stored ones of the vanilla model, or free ones.

        before: the free ones of the time before, with the gradient that it left.
        """
        if self.options.adversary == "free":
            how = climb(self.options, self.generator, ramp)
            return free_start(batch.x, how) if before is None else free_step(batch.x, before, how)
        if self.adversaries is None:
            source = self.attacked if self.steps.method.adversary is None else self.quick.now(batch.x)
            return self.steps.adversary(source, batch, self.generator, ramp)
        at = np.searchsorted(self.data.numbers, batch.index.cpu().numpy())
        return torch.from_numpy(self.adversaries[at]).to(self.device)
