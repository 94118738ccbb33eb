"""What it costs to take memory: a gradient step in a process as it is by default, and in one as a worker's jobs are.

A residual-like network of 3x3 convolutions at 224 x 224, one thread; each count of images in processes of their own.

    python -m tests.tools.benchmarks.memory [--images 2 16 64] [--rounds 2]
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable

from workers.sandbox.variables import MEMORY

STEPS = 7


def step_of(images: int) -> Callable[[], None]:
    """A forward and a backward pass for the gradient at the images."""
    import torch
    from torch import nn

    def block(before: int, after: int, stride: int) -> list[nn.Module]:
        return [
            nn.Conv2d(before, after, 3, stride, 1), nn.BatchNorm2d(after), nn.ReLU(),
            nn.Conv2d(after, after, 3, 1, 1), nn.BatchNorm2d(after), nn.ReLU(),
        ]  # fmt: skip

    torch.set_num_threads(1)
    stem = [nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)]
    blocks = [*block(64, 64, 1), *block(64, 128, 2), *block(128, 256, 2), *block(256, 512, 2)]
    net = nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))
    net.eval().requires_grad_(False)
    x = torch.rand(images, 3, 224, 224)

    def step() -> None:
        at = x.clone().requires_grad_()
        torch.autograd.grad(net(at).logsumexp(1).sum(), at)

    return step


def measure(images: int) -> None:
    """Print medians of a step's processor seconds in the program and in the kernel, its page faults, and peak MiB."""
    step = step_of(images)
    step()
    spent = []
    for _ in range(STEPS):
        before = resource.getrusage(resource.RUSAGE_SELF)
        step()
        after = resource.getrusage(resource.RUSAGE_SELF)
        names = ("ru_utime", "ru_stime", "ru_minflt")
        spent.append([getattr(after, name) - getattr(before, name) for name in names])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([*(statistics.median(column) for column in zip(*spent, strict=True)), peak]))


def in_a_process(images: int, settings: dict[str, str]) -> list[float]:
    """What `measure` prints in a process of its own, with these settings of memory and no others."""
    kept = {name: value for name, value in os.environ.items() if name not in MEMORY}
    command = [sys.executable, "-m", "tests.tools.benchmarks.memory", "--alone", str(images)]
    done = subprocess.run(command, env=kept | settings, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure by turns and print a table of medians."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--images", type=int, nargs="+", default=[2, 16, 64], help="At once, a row each")
    parser.add_argument("--rounds", type=int, default=2, help="Processes of each kind a row")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone is not None:
        measure(asked.alone)
        return
    print("| images | process | CPU s | of it in the kernel | page faults | peak MiB |\n|---|---|---|---|---|---|")
    for images in asked.images:
        kinds: dict[str, dict[str, str]] = {"as it is by default": {}, "as a job's": MEMORY}
        found: dict[str, list[list[float]]] = {name: [] for name in kinds}
        for _ in range(asked.rounds):
            for name, settings in kinds.items():
                found[name].append(in_a_process(images, settings))
        for name, rows in found.items():
            user, kernel, faults, peak = (statistics.median(column) for column in zip(*rows, strict=True))
            print(f"| {images} | {name} | {user + kernel:.3f} | {kernel:.3f} | {faults:.0f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
