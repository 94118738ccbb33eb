"""Hardening beside what others train with: what a step costs, and how long the demo's net takes to 50 % under PGD-20.

    python -m tests.tools.benchmarks.training [--images 4000] [--epochs 6] [--rounds 7] [--only steps|time]

Processor time, one thread. All start from the shipped net, with the same images, batches, optimiser, learning rates and
eps that rises over the first 30 % of the training; what differs is the loop. Fast adversarial training is run twice, by
our `at` with its recipe and as a plain loop; our `at` with free adversaries trains on each batch three times, for half
as many epochs, and delivers averaged weights. Each is judged after every 31 moves of the weights, outside its time, and
ends when it holds half of the images under PGD-20 and classifies as many as all must; our own judging of each epoch,
and the choice of Omega, are within ours. ART's trainer is left out where it is not installed (`make bench` installs it;
PYTHONPATH=.venv/peers).
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import contextlib
import copy
import math
import statistics
import time
from collections.abc import Callable, Iterator
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
from workers.attacks.ball.pairs import dual_pairs
from workers.exact_float32 import exact_float32
from workers.hardening.averaging import restored
from workers.hardening.data import TrainingSet
from workers.hardening.training import Hardener
from workers.hardening.watchers import Watchers
from workers.models.audited import AuditedModel
from workers.models.load import load_model
from workers.models.sharing import sharing

DEMO = Path(__file__).parents[3] / "deploy" / "demo"
#: The recipe of `make demo` at twice its rate, and the steps of the attack where a step of training is timed.
EPS, STEPS, BATCH, LR, WARMUP = 0.1, 3, 64, 0.006, 0.3
TIMED_STEPS = 10
#: Accuracy under PGD-20, and the clean accuracy that there must be with it.
WANTED, CLEAN = 0.5, 0.77
JUDGED_ON = 200
#: Of the weights, where ours are averaged.
AVERAGING = 0.95
CLOCK = time.process_time


def shipped(name: str, count: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The first images (n, 1, 28, 28) uint8 and labels of a split of the demo."""
    with np.load(DEMO / f"{name}.npz", allow_pickle=False) as data:
        return np.ascontiguousarray(data["x"][:count].reshape(-1, 1, 28, 28)), data["y"][:count]


def vanilla() -> AuditedModel:
    """The shipped net."""
    return load_model(DEMO / "small_vgg.onnx", "onnx", InputSpec(shape=(1, 28, 28), mean=(0.286,), std=(0.353,)))


class Reached(Exception):
    """A training has got to where it was to get."""


@dataclass
class Race:
    """How a training goes: processor seconds without the judging, and accuracies on held-out images, by epoch."""

    x: Tensor
    y: Tensor
    began: float = field(default_factory=CLOCK)
    paused: float = 0.0
    seen: list[tuple[float, float, float]] = field(default_factory=list)

    def judge(self, net: nn.Module) -> None:
        """Note clean accuracy and PGD-20 accuracy of a net in eval mode."""
        stopped = CLOCK()
        index = torch.arange(len(self.y))
        x_adv = dual_pairs(net, self.x, self.y, index, seed=1, eps=EPS, steps=20)
        with torch.no_grad():
            right = net(self.x).argmax(1) == self.y
            stays = right & (net(x_adv).argmax(1) == self.y)
        self.seen.append((stopped - self.began - self.paused, float(right.float().mean()), float(stays.float().mean())))
        self.paused += CLOCK() - stopped
        if _is_there(self.seen[-1]):
            raise Reached

    def told(self) -> str:
        """The first look at the wanted robustness, else the best one."""
        reached = [seen for seen in self.seen if _is_there(seen)]
        seconds, clean, robust = reached[0] if reached else max(self.seen, key=lambda seen: seen[2])
        return f"{seconds:8.1f} s  clean {clean:.3f}  PGD-20 {robust:.3f}" + ("" if reached else "  (not reached)")


def _is_there(seen: tuple[float, float, float]) -> bool:
    return seen[1] >= CLEAN and seen[2] >= WANTED


def batches(data: TrainingSet, epochs: int) -> Iterator[tuple[int, int, Tensor, Tensor, float, float]]:
    """(epoch, batch in it, x, y, learning rate, eps) of the schedule that all share."""
    total = epochs * data.batches(BATCH)
    for epoch in range(1, epochs + 1):
        for i, rows in enumerate(data.shuffled(BATCH, 0, epoch)):
            yield epoch, i, rows.x, rows.y, *schedule((epoch - 1) * data.batches(BATCH) + i, total)


def schedule(step: int, total: int) -> tuple[float, float]:
    """Learning rate and eps at a batch, counted from 0 over the whole training."""
    return LR * (1 + math.cos(math.pi * step / total)) / 2, EPS * min(1.0, (step + 1) / (WARMUP * total))


def is_half(i: int, of: int) -> bool:
    """Whether a half of an epoch of so many batches ends with batch i."""
    return i + 1 in (of // 2, of)


def pgd(net: nn.Module, x: Tensor, y: Tensor, eps: float, steps: int, step_size: float) -> Tensor:
    """PGD as it is commonly written."""
    adv = (x + torch.empty_like(x).uniform_(-eps, eps)).clamp(0, 1)
    for _ in range(steps):
        adv.requires_grad_()
        (grad,) = torch.autograd.grad(F.cross_entropy(net(adv), y), adv)
        adv = (x + (adv.detach() + step_size * grad.sign() - x).clamp(-eps, eps)).clamp(0, 1)
    return adv


def plain(net: nn.Module, data: TrainingSet, epochs: int, race: Race, *, fast: bool) -> None:
    """A plain loop: PGD training of benign images and their pairs, or fast adversarial training (Wong et al. 2020)."""
    optimizer = torch.optim.Adam(net.parameters(), lr=LR)
    for _, i, x, y, lr, eps in batches(data, epochs):
        x_adv = pgd(net, x, y, eps, 1, 1.25 * eps) if fast else pgd(net, x, y, eps, STEPS, eps / STEPS**0.5)
        optimizer.param_groups[0]["lr"] = lr
        optimizer.zero_grad()
        seen, labels = (x_adv, y) if fast else (torch.cat([x, x_adv]), torch.cat([y, y]))
        F.cross_entropy(net(seen), labels).backward()
        optimizer.step()
        if is_half(i, data.batches(BATCH)):
            race.judge(net)


def ours(net: AuditedModel, data: TrainingSet, epochs: int, race: Race, recipe: HardenOptions) -> None:
    """Our training, with what it does besides: choosing Omega and judging each epoch."""
    moves, half, judged = 0, data.batches(BATCH) // 2, sharing(net)  # always in eval mode

    def underway(epoch: int, losses: npt.NDArray[np.float64]) -> None:
        nonlocal moves
        before, moves = moves, moves + training.times
        if before // half < moves // half:
            with restored(training.weights.values()):
                if training.average is not None:
                    training.average.put()
                race.judge(judged)

    with exact_float32():
        training = Hardener(net, data, recipe, seed=0, watchers=Watchers(underway=underway))
        training.run()


def options(method: str, epochs: int, steps: int = STEPS, step_size: float | None = None, **more: Any) -> HardenOptions:
    """The recipe that all share. Omega serves the log alone where nothing is stabilised: a batch chooses it then."""
    return HardenOptions(
        method=method, epochs=epochs, eps=EPS, steps=steps, step_size=step_size, batch_size=BATCH, lr=LR, warmup=WARMUP,
        pairs=500 if method == "sns" else BATCH, **more,
    )  # fmt: skip


def free_options(epochs: int) -> HardenOptions:
    """Each batch three times, in half as many epochs, without passes for the examples alone."""
    return options("at", max(1, epochs // 2), 3, 1.25 * EPS, adversary="free", averaging=AVERAGING)


def art_trainer() -> Callable[[nn.Module, TrainingSet, int, Race], None] | None:
    """ART's AdversarialTrainer on half of each batch; None where ART is not installed."""
    try:
        from art.attacks.evasion import ProjectedGradientDescentPyTorch
        from art.defences.trainer import AdversarialTrainer
        from art.estimators.classification import PyTorchClassifier
    except ImportError as error:
        print(f"ART is left out: {error}")
        return None

    def run(net: nn.Module, data: TrainingSet, epochs: int, race: Race) -> None:
        optimizer = torch.optim.Adam(net.parameters(), lr=LR)
        classifier = PyTorchClassifier(
            net, F.cross_entropy, (1, 28, 28), 10, optimizer, clip_values=(0.0, 1.0), device_type="cpu"
        )
        attack = ProjectedGradientDescentPyTorch(
            classifier, eps=EPS, eps_step=EPS / STEPS**0.5, max_iter=STEPS, num_random_init=1, batch_size=BATCH,
            verbose=False,
        )  # fmt: skip
        trainer = AdversarialTrainer(classifier, attack, ratio=0.5)
        rows = next(iter(data.all(len(data))))
        total, half = epochs * data.batches(BATCH), BATCH * (data.batches(BATCH) // 2)
        for epoch in range(epochs):
            for i, part in enumerate((slice(0, half), slice(half, len(data)))):
                lr, eps = schedule(round((epoch + (i + 0.5) / 2) * data.batches(BATCH)), total)
                optimizer.param_groups[0]["lr"] = lr
                attack.set_params(eps=eps, eps_step=eps / STEPS**0.5)
                trainer.fit(rows.x[part].numpy(), rows.y[part].numpy(), batch_size=BATCH, nb_epochs=1)
                net.eval()
                race.judge(net)

    return run


def race_all(images: int, epochs: int, judged_on: int, only: str | None = None) -> None:
    """Time to the wanted robustness, of each."""
    data = TrainingSet(*shipped("train", images))
    pixels, labels = shipped("holdout", judged_on)
    x, y = torch.from_numpy(pixels).float() / 255, torch.from_numpy(labels).long()
    runs: dict[str, Callable[[AuditedModel, Race], None]] = {
        "ours, free adversaries": lambda net, race: ours(net, data, epochs, race, free_options(epochs)),
        "ours, fast recipe": lambda net, race: ours(net, data, epochs, race, options("at", epochs, 1, 1.25 * EPS)),
        "fast adversarial training": lambda net, race: plain(net, data, epochs, race, fast=True),
        "ours, pat": lambda net, race: ours(net, data, epochs, race, options("pat", epochs)),
        "ours, sns": lambda net, race: ours(net, data, epochs, race, options("sns", epochs)),
        "plain PyTorch loop, PGD": lambda net, race: plain(net, data, epochs, race, fast=False),
    }
    if (art := art_trainer()) is not None:
        runs["ART AdversarialTrainer"] = lambda net, race: art(net, data, epochs, race)
    print(f"to {WANTED:.0%} under PGD-20 (L-inf {EPS}) and {CLEAN:.0%} clean: {images} images, at most {epochs} epochs")
    for name, run in runs.items():
        if only is not None and not any(part in name for part in only.split(",")):
            continue
        torch.manual_seed(0)
        net = vanilla()
        race = Race(x, y)
        with contextlib.suppress(Reached):
            run(net, race)
        print(f"  {name:28s} {race.told()}", flush=True)


def step_costs(rounds: int) -> None:
    """Medians over interleaved rounds of a step of PAT and SNS, and of the passes that a step must make."""
    net = vanilla()
    data = TrainingSet(*shipped("train", 4 * BATCH))
    trainings = {
        name: Hardener(copy.deepcopy(net), data, options(name, 1, TIMED_STEPS), seed=0) for name in ("pat", "sns")
    }
    bare = trainings["pat"].model
    rows = next(iter(data.all(BATCH)))
    both, labels = torch.cat([rows.x, rows.x]), torch.cat([rows.y, rows.y])

    def passes() -> None:
        for _ in range(TIMED_STEPS):
            x = rows.x.clone().requires_grad_()
            torch.autograd.grad(F.cross_entropy(trainings["pat"].attacked(x), rows.y), x)
        F.cross_entropy(bare(both), labels).backward()

    def step(training: Hardener) -> Callable[[], None]:
        training.steps.omega = training.watch.select(BATCH, stream=2)
        batch = next(training.prepared(data.shuffled(BATCH, 0, 1), 1, 0))

        def run() -> None:
            training.train_batch(batch, 0, first=True, last=True)

        return run

    works = {"bare passes": passes} | {name: step(training) for name, training in trainings.items()}
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds + 1):
        for name, work in works.items():
            began = CLOCK()
            work()
            seconds[name].append(CLOCK() - began)
    found = {name: statistics.median(all_of[1:]) for name, all_of in seconds.items()}
    print(f"a step on {BATCH} images, PGD-{TIMED_STEPS}, medians of {rounds}")
    for name, median in found.items():
        print(f"  {name:14s} {1000 * median:8.1f} ms  {median / found['bare passes']:.3f} x the bare passes")
    print(f"  sns / pat      {found['sns'] / found['pat']:.3f}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--judged-on", type=int, default=JUDGED_ON)
    parser.add_argument("--runs", help="Only those whose names hold one of these, by commas")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=("steps", "time"))
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if asked.only != "time":
        step_costs(asked.rounds)
    if asked.only != "steps":
        race_all(asked.images, asked.epochs, asked.judged_on, asked.runs)


if __name__ == "__main__":
    main()
