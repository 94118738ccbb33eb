"""Hardening beside what others train with: what a step costs, and how long the demo's net takes to 50 % under PGD-20.

    python -m tests.tools.benchmarks.training [--images 4000] [--rounds 7] [--seeds 3] [--part test] [--only steps|time]

Processor time, one thread. All start from the shipped net, with the same images, batches, schedule's form and eps that
rises over the first part of the training; what differs is the loop, and what is set for each (`race.CONTENDERS`):
learning rate and length were chosen among a few on the held-out images of the part `choice`, for the plain loop as for
ours, and the race is judged on those of the part `test`, on which nothing was chosen. Seeds draw order and noise; the
median is told. Each is judged, outside its time, after every eighth of an epoch, and ends when it holds half of the
images under PGD-20 and classifies 81 %, the bar of all. The choice of Omega, and our own judging of each epoch, are
within ours; what it is without the judging, which the loops of others do not do, is told beside it. ART's trainer is
left out where it is not installed (`make bench` installs it; PYTHONPATH=.venv/peers).
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import copy
import statistics
from collections.abc import Callable

import torch
from torch.nn import functional as F

from tests.tools.benchmarks.race import BATCH, CLOCK, PARTS, Settings, options, race_all, shipped, vanilla
from workers.hardening.data import TrainingSet
from workers.hardening.training import Hardener

#: Steps of the attack where a step of training is timed.
TIMED_STEPS = 10


def step_costs(rounds: int) -> None:
    """Medians over interleaved rounds of a step of PAT and SNS, and of the passes that a step must make."""
    net = vanilla()
    data = TrainingSet(*shipped("train", 4 * BATCH))
    trainings = {
        name: Hardener(copy.deepcopy(net), data, options(name, Settings(epochs=1), TIMED_STEPS), seed=0)
        for name in ("pat", "sns")
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
    parser.add_argument("--part", choices=tuple(PARTS), default="test", help="Held-out images that judge the race")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--runs", help="Only these, by semicolons")
    parser.add_argument("--set", help="LR,EPOCHS,WARMUP of all, to choose on the part `choice`")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=("steps", "time"))
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if asked.only != "time":
        step_costs(asked.rounds)
    if asked.only != "steps":
        lr, epochs, warmup = asked.set.split(",") if asked.set else (0, 0, 0)
        set_to = Settings(float(lr), int(epochs), float(warmup)) if asked.set else None
        race_all(asked.images, asked.part, range(asked.seeds), asked.runs, set_to)


if __name__ == "__main__":
    main()
