"""Algorithm 1 of SNS and its baselines: one training loop over batches of benign and adversarial images."""

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.hardening_options import Goal, HardenOptions
from openapi.problems import JobFailed, ModelNumerics, NotTrainable
from openapi.stages.harden import Epoch, Frontier
from workers.hardening.adversary import climb
from workers.hardening.augment import Batch, batch_of
from workers.hardening.averaging import Average, renew_statistics, restored
from workers.hardening.choice import Chosen, better, collapse, is_stale
from workers.hardening.data import Rows, TrainingSet
from workers.hardening.frontier import HALVINGS, SHARES, between, walk
from workers.hardening.layers import frozen_parameters, stabilised_layers, train_batch_norm
from workers.hardening.saved import Moment, Tensors, copies, put
from workers.hardening.steps import Diverged, Steps
from workers.hardening.watch import Report, Watch
from workers.models.audited import AuditedModel
from workers.models.sharing import sharing
from workers.precision import exact_float32

#: Random training images on which `dynamic` chooses Ω again after each epoch (SNS).
DYNAMIC_PAIRS = 200
#: How often a training whose loss is no number any more goes back to its last epoch, with half the learning rate.
MOST_ROLLBACKS = 3
#: Batches over which batch-norm statistics are computed anew for averaged weights.
STATISTICS_BATCHES = 16

#: Takes what a training would have to start from if it ended here.
Keep = Callable[[Moment], None]


@dataclass(frozen=True)
class Hardening:
    """What a training did: S, neurons of Ω by layer, parameters left as they were, the log, and the epoch delivered."""

    layers: tuple[str, ...]
    omega: dict[str, tuple[int, ...]]
    frozen: tuple[str, ...]
    log: tuple[Epoch, ...]
    delivered: int
    frontier: Frontier | None = None


class Hardener:
    """Minimises L_adv + λ L_sns (Eq. 13) over the parameters from the lowest layer of S upwards.

    model: changed in place, and left in eval mode. Two networks share its parameters: `model`, whose batch norms may be
    training, and `attacked`, always in eval mode. Equal seed, data and options give equal weights on one machine, also
    when a training goes on from a `Moment` of it. keep: called after each epoch and, when `every` seconds have passed,
    after a batch.
    """

    def __init__(
        self,
        model: AuditedModel,
        data: TrainingSet,
        options: HardenOptions,
        *,
        seed: int,
        report: Report | None = None,
        keep: Keep | None = None,
        every: float = 300.0,
    ) -> None:
        if not model.trainable:
            raise NotTrainable(
                "The model holds no trainable parameters: weights are constants of a frozen file, or it gives no "
                "gradient. Upload the file before freezing (torch.jit.freeze) or quantisation."
            )
        data.check_labels(model.num_classes)
        self.model, self.options, self.seed = model, options, seed
        self.data, held_out = data.split(options.validation, seed) if options.validation else (data, None)
        self.report: Report = report or (lambda done, total, unit, phase: None)
        self.keep: Keep = keep or (lambda moment: None)
        self.every = every
        self.device = next(iter(model.trainable_parameters().values())).device
        self.layers = stabilised_layers(model, options.layers)
        self.frozen = frozen_parameters(model, self.layers[0])
        self.attacked = sharing(model)
        self.watch = Watch(
            self.attacked, self.data, options, self.layers, held_out=held_out, seed=seed, report=self.report
        )
        self.batches = self.data.batches(options.batch_size)
        self.steps = Steps(model, options, self.layers, self.frozen, self.batches * options.epochs)
        self.average = Average(self.steps.parameters, options.averaging) if options.averaging else None
        self.weights: dict[str, Tensor] = {**model.trainable_parameters(), **dict(model.graph.named_buffers())}
        self.generator = torch.Generator(self.device).manual_seed(seed)
        self.adversaries: npt.NDArray[np.float32] | None = None
        self.log: list[Epoch] = []
        self.sums = np.zeros(3)
        self.rolled_back = 0
        self.chosen: Chosen | None = None

    def run(self, moment: Moment | None = None) -> Hardening:
        """Choose Ω and train, or go on from `moment`; raises `JobFailed` when the loss is no longer a number."""
        options, model = self.options, self.model
        vanilla = {} if options.goal is None else copies(self.weights)
        if moment is None:
            self.steps.omega = self.watch.select(options.pairs, stream=2)
        if options.adversary == "fixed":  # they belong to the vanilla model: made before its weights are replaced
            self.adversaries = self.watch.all_pairs()
        model.freeze()
        model.unfreeze(self.steps.parameters)
        if options.batch_norm == "train":
            train_batch_norm(model, self.layers[0])
        try:
            self.train(moment)
            if self.chosen is not None:
                put(self.weights, self.chosen.weights)
            elif self.average is not None:
                self.average.put()
                self.renew_statistics()
            frontier = None if options.goal is None else self.walk(vanilla, options.goal)
        finally:
            model.set_batch_norm(False)
            model.unfreeze()
        omega = {name: tuple(int(m) for m in neurons) for name, neurons in self.steps.omega.items()}
        delivered = self.log[-1].epoch if self.chosen is None else self.chosen.epoch
        return Hardening(self.layers, omega, self.frozen, tuple(self.log), delivered, frontier)

    def walk(self, vanilla: Tensors, goal: Goal) -> Frontier:
        """Put the weights between `vanilla` and the present ones that serve the goal best; what the way showed."""
        hardened = copies(self.weights)
        weighed: list[float] = []

        def measure(share: float) -> tuple[float, float]:
            self.stand_between(vanilla, hardened, share)
            found = self.watch.held_out_accuracies()
            weighed.append(share)
            self.report(len(weighed), len(SHARES) + HALVINGS, "points", "weigh")
            return found

        points, best, met = walk(measure, goal)
        self.stand_between(vanilla, hardened, best.share)
        return Frontier(goal=goal, met=met, delivered=best.share, points=points)

    def stand_between(self, vanilla: Tensors, hardened: Tensors, share: float) -> None:
        """Put interpolated weights; between the ends, with batch-norm statistics of their own."""
        put(self.weights, between(vanilla, hardened, share))
        if 0 < share < 1:
            self.renew_statistics()

    def train(self, moment: Moment | None) -> None:
        """All epochs from `moment`; those whose numbers left the real ones are begun again with half the rate."""
        if moment is None:
            self.log = [self.watch.judge(0, self.steps.omega, (None, None, None), self.options.lr, 0.0)]
            begun = self.moment(1)
        else:
            begun = moment if moment.start is None else Moment(**moment.start)
            self.put(moment)
        epoch, batch, note = (begun.epoch, 0, None) if moment is None else (moment.epoch, moment.batch, moment.note)
        while epoch <= self.options.epochs and not is_stale(self.log, self.chosen, self.options.patience):
            try:
                self.train_epoch(epoch, batch, begun, note)
                if fall := collapse(self.log, self.model.num_classes, monitored=self.rolled_back > 0):
                    self.log.pop()
                    raise Diverged(fall)
            except ModelNumerics as error:  # the last step of an epoch can break the weights after its loss was checked
                what = str(error) if isinstance(error, Diverged) else "the weights became NaN or infinite"
                note, batch = self.roll_back(begun, what), 0
                continue
            epoch, batch, note = epoch + 1, 0, None
            begun = self.moment(epoch)
            self.keep(begun)

    def train_epoch(self, epoch: int, from_batch: int, begun: Moment, note: str | None) -> None:
        """One pass over the training set, from a batch of it on, and a line of the log."""
        options, began, kept = self.options, time.monotonic(), time.monotonic()
        rows = self.data.shuffled(options.batch_size, self.seed, epoch, from_batch)
        for i, batch in enumerate(self.prepared(rows, epoch, from_batch), from_batch):
            step = (epoch - 1) * self.batches + i
            x_adv = self.adversary(batch, self.steps.ramp(step))
            last = (i + 1) % options.accumulate == 0 or i + 1 == self.batches
            try:
                self.sums += self.steps.take(batch, x_adv, step, first=i % options.accumulate == 0, last=last)
            except Diverged as error:
                raise Diverged(f"in epoch {epoch}, batch {i + 1} {error}") from error
            if last and self.average is not None:
                self.average.update()
            self.report(step + 1, self.steps.total, "batches", "harden")
            if last and i + 1 < self.batches and time.monotonic() - kept > self.every:
                kept = time.monotonic()
                self.keep(self.moment(epoch, i + 1, begun, note))
        if options.selection == "dynamic" and epoch < options.epochs:
            self.steps.omega = self.watch.select(DYNAMIC_PAIRS, stream=2 + epoch)
        means: list[float] = (self.sums / self.batches).tolist()
        self.sums = np.zeros(3)
        self.judge(epoch, (means[0], means[1], means[2]), time.monotonic() - began, note)

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

    def renew_statistics(self) -> None:
        """Batch-norm statistics for the present weights, over the first training batches and their adversaries."""
        if self.options.batch_norm != "train":
            return
        generator = torch.Generator(self.device).manual_seed(self.seed)
        how = climb(self.options, generator)
        rows = self.data.sample(STATISTICS_BATCHES * self.options.batch_size, self.seed, 4, self.options.batch_size)
        # All adversaries before the statistics, which they are made with, change.
        pairs = [torch.cat([r.x, self.steps.method.adversary(self.attacked, r.x, r.y, how)]) for r in rows]
        renew_statistics(self.model, pairs)

    def roll_back(self, begun: Moment, what: str) -> str:
        """Go back to the beginning of the epoch with half the learning rate; the note for its line of the log."""
        options = self.options
        self.rolled_back += 1
        if self.rolled_back > MOST_ROLLBACKS:
            raise JobFailed(
                f"{what}; lower lr ({options.lr:g}) or lambda ({options.lambda_:g}), set max_grad_norm (e.g. 1), "
                f"or raise warmup (e.g. 0.5). The training went back {MOST_ROLLBACKS} times and halved lr each time"
            )
        times, scale = self.rolled_back, self.steps.lr_scale / 2
        self.put(begun)
        self.rolled_back, self.steps.lr_scale = times, scale
        return f"{what}: went back to the epoch's beginning with {scale:g} of the learning rate"

    def moment(self, epoch: int, batch: int = 0, begun: Moment | None = None, note: str | None = None) -> Moment:
        """All that decides how this goes on from before batch `batch` of `epoch`."""
        average = self.average
        return Moment(
            epoch,
            batch,
            copies(self.weights),
            copy.deepcopy(self.steps.optimizer.state_dict()),
            self.generator.get_state(),
            dict(self.steps.omega),
            average=None if average is None else copies(average.values),
            average_steps=0 if average is None else average.steps,
            sums=tuple(self.sums.tolist()),
            lr_scale=self.steps.lr_scale,
            rolled_back=self.rolled_back,
            log=[line.dump() for line in self.log],
            chosen=None if self.chosen is None else dict(vars(self.chosen)),
            note=note,
            start=None if begun is None else dict(vars(begun)),
        )

    def put(self, moment: Moment) -> None:
        """Stand where this moment was."""
        put(self.weights, moment.weights)
        self.steps.optimizer.load_state_dict(copy.deepcopy(moment.optimizer))
        self.generator.set_state(moment.generator.cpu())
        self.steps.omega = dict(moment.omega)
        if self.average is not None and moment.average is not None:
            self.average.values, self.average.steps = copies(moment.average), moment.average_steps
        self.sums, self.steps.lr_scale = np.array(moment.sums), moment.lr_scale
        self.rolled_back = moment.rolled_back
        self.log = [Epoch.model_validate(line) for line in moment.log]
        self.chosen = None if moment.chosen is None else Chosen(**moment.chosen)

    def adversary(self, batch: Batch, ramp: float) -> Tensor:
        """x' of a training batch: made afresh, or the stored ones of the vanilla model."""
        if self.adversaries is None:
            how = climb(self.options, self.generator, ramp)
            return self.steps.method.adversary(self.attacked, batch.x, batch.y, how)
        at = np.searchsorted(self.data.numbers, batch.index.cpu().numpy())
        return torch.from_numpy(self.adversaries[at]).to(self.device)


def harden(
    model: AuditedModel, data: TrainingSet, options: HardenOptions, *, seed: int = 0, report: Report | None = None
) -> Hardening:
    """Harden `model` in place (see `Hardener`); `NotTrainable`, `InvalidField`, `DatasetMismatch`, `JobFailed`."""
    with exact_float32():
        return Hardener(model, data, options, seed=seed, report=report).run()
