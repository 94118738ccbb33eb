"""What a training's options leave open: it is found out before it begins, on the network that is to be trained."""

import time
from collections.abc import Sequence

from torch import Tensor

from openapi.hardening_methods import METHODS
from openapi.hardening_options import Budget, HardenOptions
from openapi.stages.harden import Decided, Epoch, LambdaTrial, MeasuredCriticality, Planned
from workers.hardening.augment import Batch
from workers.hardening.averaging import restored
from workers.hardening.criticality import (
    Adversarial,
    at_former_weights,
    at_worst_weights,
    least_critical,
    most_critical,
)
from workers.hardening.data import TrainingSet
from workers.hardening.frontier import HALVINGS, SHARES
from workers.hardening.layers import stabilised_layers
from workers.hardening.saved import copies
from workers.hardening.setbacks import half_of_a_pass
from workers.hardening.training import Hardener
from workers.hardening.watch import MONITORED, Report
from workers.hardening.watchers import Watchers
from workers.models.audited import AuditedModel
from workers.refusals import out_of_memory

#: Training images of a short training that is thrown away, and its λ as multiples of the one asked for.
TRIAL_IMAGES = 2048
TRIED = (0.2, 1.0, 5.0)
#: Batches that a step's cost is measured on, after as many that are not counted.
TIMED_BATCHES = 2

_SHORT = {
    "epochs": 1, "lambda_choice": "fixed", "goal": None, "choose_by": None, "patience": None, "averaging": None,
    "budget": None, "keep_frontier": False, "max_samples": None,
}  # fmt: skip


def decide(model: AuditedModel, data: TrainingSet, options: HardenOptions, *, seed: int, report: Report) -> Decided:
    """Find out S by criticality, λ by a search and epochs by a budget, as far as the options ask for it.

    The network is left as it was. Raises what `Hardener` does.
    """
    found = Decided()
    alone = METHODS[options.method].kind == "module"
    if options.layers == "auto" or alone:
        measured = _criticality(model, data, options, seed, report)
        layers = (least_critical(measured),) if alone else most_critical(measured)
        found = found.model_copy(update={"criticality": measured, "layers": layers})
    if options.lambda_choice == "search":
        trials = _trials(model, data, resolved(options, found), seed, report)
        best = max(trials, key=lambda trial: trial.clean_accuracy + trial.robust_accuracy)
        found = found.model_copy(update={"trials": tuple(trials), "lambda_": best.lambda_})
    if options.budget is not None:
        plan = _plan(model, data, resolved(options, found), options.budget, seed)
        found = found.model_copy(update={"plan": plan})
    return found


def resolved(options: HardenOptions, found: Decided) -> HardenOptions:
    """The options with what was found out, as if they had been asked for."""
    changes = {
        "layers": found.layers,
        "lambda_": found.lambda_,
        "lambda_choice": None if found.lambda_ is None else "fixed",
        "epochs": None if found.plan is None else found.plan.epochs,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    return options.model_copy(update=given | ({} if found.plan is None else {"budget": None}))


def _criticality(
    model: AuditedModel, data: TrainingSet, options: HardenOptions, seed: int, report: Report
) -> MeasuredCriticality:
    choice = "all" if options.layers == "auto" else options.layers
    layers = stabilised_layers(model, choice)
    batches = list(data.sample(MONITORED, seed, 1, options.batch_size))

    def told(done: int) -> None:
        report(done, len(layers), "layers", "weigh layers")

    model.unfreeze()
    if options.criticality == "weights":
        return at_worst_weights(model, layers, Adversarial.against(model, batches, options, seed), told)
    former = copies(model.trainable_parameters())
    with restored(_tensors(model)):
        _trial(model, data, options, seed, _told(report, 0, 1), method="pat", layers="all")
        images = Adversarial.against(model, batches, options, seed)
        return at_former_weights(model, former, layers, images, told)


def _trials(
    model: AuditedModel, data: TrainingSet, options: HardenOptions, seed: int, report: Report
) -> list[LambdaTrial]:
    found = []
    for i, factor in enumerate(TRIED):
        with restored(_tensors(model)):
            line = _trial(model, data, options, seed, _told(report, i, len(TRIED)), lambda_=factor * options.lambda_)
        assert line.validation_clean is not None  # the options ask for a split
        assert line.validation_robust is not None
        found.append(
            LambdaTrial.model_validate(
                {
                    "lambda": factor * options.lambda_,
                    "clean_accuracy": line.validation_clean,
                    "robust_accuracy": line.validation_robust,
                }
            )
        )
    return found


def _told(report: Report, trial: int, of: int) -> Report:
    """What the batches of a trial, counted from 0, are among so many."""

    def told(done: float, total: float, unit: str, phase: str | None) -> None:
        if phase == "harden":
            report(trial + done / total, of, "trials", "try")

    return told


def _trial(
    model: AuditedModel, data: TrainingSet, options: HardenOptions, seed: int, report: Report, **changes: object
) -> Epoch:
    """The last line of the log of a short training, after which the network is another."""
    few = data.some(TRIAL_IMAGES, seed)
    short = options.model_copy(update=_SHORT | changes)
    return Hardener(model, few, short, seed=seed, watchers=Watchers(report=report)).run().log[-1]


def _plan(model: AuditedModel, data: TrainingSet, options: HardenOptions, budget: Budget, seed: int) -> Planned:
    """How many epochs fit: batches and judgements are done a few times, timed, and undone."""
    began = time.monotonic()
    training = Hardener(model, data, options, seed=seed)
    with restored(_tensors(model)):
        selecting = time.monotonic()
        training.steps.omega = training.watch.select(options.pairs, stream=2)
        selecting = time.monotonic() - selecting
        judging = time.monotonic()
        training.watch.judge(0, training.steps.omega, (None, None, None), options.lr, 0.0)
        judging = time.monotonic() - judging
        with training.ready():
            per_batch = _seconds_of_a_batch(training)
    an_epoch = training.batches * per_batch + judging + (selecting if options.selection == "dynamic" else 0.0)
    walking = (len(SHARES) + HALVINGS) * judging if options.goal is not None else 0.0
    left = budget.seconds - (time.monotonic() - began) - selecting - judging - walking
    return Planned(
        seconds=budget.seconds,
        seconds_per_batch=per_batch,
        seconds_per_judgement=judging,
        epochs=min(1000, max(1, int(left / an_epoch))),
    )


def _seconds_of_a_batch(training: Hardener) -> float:
    rows = training.data.shuffled(training.options.batch_size, training.seed, 1)
    timed: list[float] = []
    for batch, _ in zip(training.prepared(rows, 1, 0), range(2 * TIMED_BATCHES), strict=False):
        began = time.monotonic()
        _fitting(training, batch)
        timed.append(time.monotonic() - began)
    counted = timed[len(timed) // 2 :]
    return sum(counted) / len(counted)


def _fitting(training: Hardener, batch: Batch) -> None:
    """Train on a batch, in smaller pieces where it does not fit into memory, as the training itself will."""
    while True:
        try:
            training.train_batch(batch, 0, first=True, last=True)
            return
        except (RuntimeError, MemoryError) as error:
            if not out_of_memory(error):
                raise
            training.steps.micro = half_of_a_pass(training, error)


def _tensors(model: AuditedModel) -> Sequence[Tensor]:
    return [*model.trainable_parameters().values(), *model.graph.buffers()]
