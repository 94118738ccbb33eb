"""The race to 50 % under PGD-20: who takes part, by which settings, and how it is judged (`benchmarks.training`)."""

import contextlib
import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openapi.hardening_options import HardenOptions
from openapi.models import InputSpec
from openapi.stages.harden import Epoch
from workers.attacks.ball.pairs import dual_pairs
from workers.exact_float32 import exact_float32
from workers.hardening.averaging import Average, restored
from workers.hardening.data import TrainingSet
from workers.hardening.muon import Muon
from workers.hardening.training import Hardener
from workers.hardening.watchers import Watchers
from workers.models.audited import AuditedModel
from workers.models.load import load_model
from workers.models.sharing import sharing

DEMO = Path(__file__).parents[3] / "deploy" / "demo"
#: The recipe of `make demo`.
EPS, STEPS, BATCH, LR, WARMUP = 0.1, 3, 64, 0.006, 0.3
#: Accuracy under PGD-20, and the clean accuracy that there must be with it: what plain fast training had at its time.
WANTED, CLEAN = 0.5, 0.81
#: Of the shipped held-out images: those on which settings were chosen, and those on which the race is judged.
PARTS = {"choice": [*range(200), *range(500, 800)], "test": [*range(200, 500)]}
#: Looks at a training in an epoch.
LOOKS = 8
CLOCK = time.process_time


def shipped(name: str, count: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The first images (n, 1, 28, 28) uint8 and labels of a split of the demo."""
    with np.load(DEMO / f"{name}.npz", allow_pickle=False) as data:
        return np.ascontiguousarray(data["x"][:count].reshape(-1, 1, 28, 28)), data["y"][:count]


def vanilla() -> AuditedModel:
    """The shipped net."""
    return load_model(DEMO / "small_vgg.onnx", "onnx", InputSpec(shape=(1, 28, 28), mean=(0.286,), std=(0.353,)))


@dataclass(frozen=True)
class Settings:
    """What is set for a contender: learning rate, epochs over which the schedules run, share over which eps rises."""

    lr: float = LR
    epochs: int = 4
    warmup: float = WARMUP


class Reached(Exception):
    """A training has got to where it was to get."""


@dataclass
class Race:
    """How a training goes: processor seconds without the judging, and accuracies on held-out images, look by look.

    own: of them, those in which it judged itself, which others do not.
    """

    x: Tensor
    y: Tensor
    began: float = field(default_factory=CLOCK)
    paused: float = 0.0
    own: float = 0.0
    seen: list[tuple[float, float, float]] = field(default_factory=list)

    def judge(self, net: nn.Module) -> None:
        """Note clean accuracy and PGD-20 accuracy of a net in eval mode.

        An image must survive three steps too; where these leave too few, or too few are right, that is what is noted.
        """
        stopped = CLOCK()
        index = torch.arange(len(self.y))
        with torch.no_grad():
            right = net(self.x).argmax(1) == self.y
        stays, clean = right, float(right.float().mean())
        for steps in (3, 20):
            if clean >= CLEAN and float(stays.float().mean()) >= WANTED:
                x_adv = dual_pairs(net, self.x, self.y, index, seed=1, eps=EPS, steps=steps)
                with torch.no_grad():
                    stays = stays & (net(x_adv).argmax(1) == self.y)
        self.seen.append((stopped - self.began - self.paused, clean, float(stays.float().mean())))
        self.paused += CLOCK() - stopped
        if _is_there(self.seen[-1]):
            raise Reached

    def told(self) -> str:
        """When it was where it was to be, or where it ended."""
        seconds, clean, robust = self.seen[-1]
        reached = f"PGD-20 {robust:.3f}" if _is_there(self.seen[-1]) else "not reached"
        return f"{seconds:8.1f} s, {seconds - self.own:5.1f} without its own judging  clean {clean:.3f}  {reached}"

    def timed(self, judge: Callable[..., Epoch]) -> Callable[..., Epoch]:
        """How a training judges itself, with its time noted."""

        def judged(*of: Any) -> Epoch:
            began = CLOCK()
            try:
                return judge(*of)
            finally:
                self.own += CLOCK() - began

        return judged


def _is_there(seen: tuple[float, float, float]) -> bool:
    return seen[1] >= CLEAN and seen[2] >= WANTED


def batches(data: TrainingSet, set_to: Settings, seed: int) -> Iterator[tuple[int, Tensor, Tensor, float, float]]:
    """(batches before it, x, y, learning rate, eps) of the schedule that all share."""
    step = 0
    for epoch in range(1, set_to.epochs + 1):
        for rows in data.shuffled(BATCH, seed, epoch):
            yield step, rows.x, rows.y, *schedule(step, set_to.epochs * data.batches(BATCH), set_to)
            step += 1


def schedule(step: int, total: int, set_to: Settings) -> tuple[float, float]:
    """Learning rate and eps at a batch, counted from 0 over the whole training."""
    rise = min(1.0, (step + 1) / (set_to.warmup * total)) if set_to.warmup else 1.0
    return set_to.lr * (1 + math.cos(math.pi * step / total)) / 2, EPS * rise


def is_look(before: int, after: int, of: int) -> bool:
    """Whether the training is looked at between so many moves; of: batches of an epoch."""
    every = max(1, of // LOOKS)
    return before // every < after // every


def pgd(net: nn.Module, x: Tensor, y: Tensor, eps: float, steps: int, step_size: float) -> Tensor:
    """PGD as it is commonly written."""
    adv = (x + torch.empty_like(x).uniform_(-eps, eps)).clamp(0, 1)
    for _ in range(steps):
        adv.requires_grad_()
        (grad,) = torch.autograd.grad(F.cross_entropy(net(adv), y), adv)
        adv = (x + (adv.detach() + step_size * grad.sign() - x).clamp(-eps, eps)).clamp(0, 1)
    return adv


def plain(
    net: AuditedModel, data: TrainingSet, race: Race, set_to: Settings, seed: int, *, fast: bool, muon: bool = False
) -> None:
    """A plain loop: PGD training of benign images and their pairs, or fast adversarial training (Wong et al. 2020).

    muon: by our optimiser, with averaged weights, as ours has them.
    """
    weights = dict(net.named_parameters())
    optimizer = Muon(weights.values(), set_to.lr) if muon else torch.optim.Adam(weights.values(), lr=set_to.lr)
    average = Average(weights, 0.95) if muon else None
    for step, x, y, lr, eps in batches(data, set_to, seed):
        x_adv = pgd(net, x, y, eps, 1, 1.25 * eps) if fast else pgd(net, x, y, eps, STEPS, eps / STEPS**0.5)
        optimizer.param_groups[0]["lr"] = lr
        optimizer.zero_grad()
        seen, labels = (x_adv, y) if fast else (torch.cat([x, x_adv]), torch.cat([y, y]))
        F.cross_entropy(net(seen), labels).backward()
        optimizer.step()
        if average is not None:
            average.update()
        if is_look(step, step + 1, data.batches(BATCH)):
            with restored(weights.values()):
                if average is not None:
                    average.put()
                race.judge(net)


def ours(net: AuditedModel, data: TrainingSet, race: Race, recipe: HardenOptions, seed: int) -> None:
    """Our training, with what it does besides: choosing Omega and judging each epoch."""
    moves, judged = 0, sharing(net)  # always in eval mode

    def underway(epoch: int, losses: npt.NDArray[np.float64]) -> None:
        nonlocal moves
        before, moves = moves, moves + training.times
        if is_look(before, moves, data.batches(BATCH)):
            with restored(training.weights.values()):
                if training.average is not None:
                    training.average.put()
                race.judge(judged)

    with exact_float32():
        training = Hardener(net, data, recipe, seed=seed, watchers=Watchers(underway=underway))
        vars(training.watch)["judge"] = race.timed(training.watch.judge)
        training.run()


def options(
    method: str, set_to: Settings = Settings(), steps: int = STEPS, step_size: float | None = None, **more: Any
) -> HardenOptions:
    """The recipe that all share. Omega serves the log alone where nothing is stabilised: a batch chooses it then."""
    return HardenOptions(
        method=method, epochs=set_to.epochs, eps=EPS, steps=steps, step_size=step_size, batch_size=BATCH, lr=set_to.lr,
        warmup=set_to.warmup, pairs=500 if method == "sns" else BATCH, **more,
    )  # fmt: skip


def art_trainer() -> Callable[[nn.Module, TrainingSet, Race, Settings, int], None] | None:
    """ART's AdversarialTrainer on half of each batch; None where ART is not installed."""
    try:
        from art.attacks.evasion import ProjectedGradientDescentPyTorch
        from art.defences.trainer import AdversarialTrainer
        from art.estimators.classification import PyTorchClassifier
    except ImportError as error:
        print(f"ART is left out: {error}")
        return None

    def run(net: nn.Module, data: TrainingSet, race: Race, set_to: Settings, seed: int) -> None:
        np.random.seed(seed)  # ART shuffles by it
        optimizer = torch.optim.Adam(net.parameters(), lr=set_to.lr)
        classifier = PyTorchClassifier(
            net, F.cross_entropy, (1, 28, 28), 10, optimizer, clip_values=(0.0, 1.0), device_type="cpu"
        )
        attack = ProjectedGradientDescentPyTorch(
            classifier, eps=EPS, eps_step=EPS / STEPS**0.5, max_iter=STEPS, num_random_init=1, batch_size=BATCH,
            verbose=False,
        )  # fmt: skip
        trainer = AdversarialTrainer(classifier, attack, ratio=0.5)
        rows = next(iter(data.all(len(data))))
        total = set_to.epochs * data.batches(BATCH)
        size = BATCH * (data.batches(BATCH) // LOOKS)
        for epoch in range(set_to.epochs):
            order = torch.randperm(len(data), generator=torch.Generator().manual_seed(1000 * seed + epoch))
            for i, part in enumerate(order.split(size)):
                middle = min(total - 1, round(epoch * data.batches(BATCH) + (i + 0.5) * size / BATCH))
                lr, eps = schedule(middle, total, set_to)
                optimizer.param_groups[0]["lr"] = lr
                attack.set_params(eps=eps, eps_step=eps / STEPS**0.5)
                trainer.fit(rows.x[part].numpy(), rows.y[part].numpy(), batch_size=BATCH, nb_epochs=1)
                net.eval()
                race.judge(net)

    return run


Contender = Callable[[AuditedModel, TrainingSet, Race, Settings, int], None]


def by_ours(method: str, **more: Any) -> Contender:
    """Our training by these options."""
    return lambda net, data, race, set_to, seed: ours(net, data, race, options(method, set_to, **more), seed)


def by_plain(*, fast: bool, muon: bool = False) -> Contender:
    """The plain loop."""
    return lambda net, data, race, set_to, seed: plain(net, data, race, set_to, seed, fast=fast, muon=muon)


_FAST = {"steps": 1, "step_size": 1.25 * EPS}
_MUON = {"optimizer": "muon", "averaging": 0.95}
_BY_MUON = Settings(0.006, 2, 0.35)
#: Who takes part, with what was chosen on the part `choice`; the last is a control, a bare loop with our optimiser.
CONTENDERS: dict[str, tuple[Contender, Settings]] = {
    "ours, fast, muon": (by_ours("at", **_FAST, **_MUON), _BY_MUON),
    "fast adversarial training": (by_plain(fast=True), Settings()),
    "ours, fast": (by_ours("at", **_FAST), Settings()),
    "ours, pat, muon": (by_ours("pat", **_MUON), _BY_MUON),
    "ours, pat": (by_ours("pat"), Settings()),
    "ours, sns, muon": (by_ours("sns", **_MUON), _BY_MUON),
    "plain PyTorch loop, PGD": (by_plain(fast=False), Settings()),
    "fast, muon, bare loop": (by_plain(fast=True, muon=True), _BY_MUON),
}


def race_all(images: int, part: str, seeds: Sequence[int], only: str | None, set_to: Settings | None) -> None:
    """Time to the wanted robustness, of each; set_to: instead of each one's own settings."""
    data = TrainingSet(*shipped("train", images))
    pixels, labels = shipped("holdout", 1000)
    x, y = torch.from_numpy(pixels[PARTS[part]]).float() / 255, torch.from_numpy(labels[PARTS[part]]).long()
    contenders = dict(CONTENDERS)
    if (art := art_trainer()) is not None:
        contenders["ART AdversarialTrainer"] = (art, Settings())
    print(f"to {WANTED:.0%} under PGD-20 (L-inf {EPS}) and {CLEAN:.0%} clean on {len(y)} images: part {part}")
    taking = {name: how for name, how in contenders.items() if only is None or name in only.split(";")}
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in taking}
    for seed in seeds:  # by turns, so that what else the machine does meets all
        for name, (run, own) in taking.items():
            torch.manual_seed(seed)
            net, race = vanilla(), Race(x, y)
            with contextlib.suppress(Reached):
                run(net, data, race, set_to or own, seed)
            whole = race.seen[-1][0] if _is_there(race.seen[-1]) else math.inf
            seconds[name].append((whole, whole - race.own))
            print(f"  {name:28s} seed {seed} {race.told()}", flush=True)
    medians = {name: [statistics.median(c) for c in zip(*rows, strict=True)] for name, rows in seconds.items()}
    for name, (whole, alone) in sorted(medians.items(), key=lambda item: item[1]):
        print(f"  {name:28s} median {whole:8.1f} s, {alone:5.1f} without its own judging  {set_to or taking[name][1]}")
