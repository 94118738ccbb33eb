"""The search of regions beside bare forward passes over as many images, in one run.

Exhaustive: every pixel of every image with every value that it does not have already. The shipped net at its 28×28 grey
pixels, and the same layers with random weights at 3×32×32. Medians over interleaved rounds, ratios within a round; the
search includes its segmentation, maps and confirming passes, the bare passes are the model's own on batches that are
there. Then as many processes as `--workers` says search images of their own at once, as an audit's steps do.

    python -m tests.tools.benchmarks.regions [--images 4] [--threads 2] [--rounds 3] [--workers 2]
"""

import argparse
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier

import numpy as np
import torch
from torch import Tensor, nn

from deploy.demo.net import SmallVgg
from openapi.models import InputSpec
from tests.tools.benchmarks.service.subject import DEMO
from workers.explain.class_maps import ClassMaps
from workers.explain.passes import in_full_batches, passes
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.models.load import load_model
from workers.regions.explore import Plan, explore

INPUT = InputSpec(shape=(1, 28, 28), mean=(0.286,), std=(0.353,))


def shipped(images: int) -> tuple[AuditedModel, Tensor]:
    """The demo's net and the first of its held-out images."""
    with np.load(DEMO / "holdout.npz") as data:
        x = torch.from_numpy(data["x"][:images]).permute(0, 3, 1, 2).float() / 255
    return load_model(DEMO / "small_vgg.onnx", "onnx", INPUT), x


def coloured(images: int) -> tuple[AuditedModel, Tensor]:
    """Its layers for 3×32×32, and noise."""
    torch.manual_seed(0)
    net = SmallVgg()
    net.features[0], net.classifier = nn.Conv2d(3, 16, 3, padding=1), nn.Linear(64 * 16, 10)
    return audit_module(net.eval(), InputSpec(shape=(3, 32, 32))), torch.rand(images, 3, 32, 32)


def contenders(model: AuditedModel, x: Tensor) -> dict[str, Callable[[], int]]:
    """Each returns how many passes it made."""
    with torch.no_grad():
        y = model(x).argmax(1)
    maps, index = ClassMaps(model), torch.arange(len(x))

    def search() -> int:
        return sum(found.queries for found in explore(model, x, y, index, Plan(), maps=maps))

    count = search()

    def bare() -> int:
        with passes(model, x) as made:
            batch = x.repeat(-(-made.tile // len(x)), 1, 1, 1)
            for part in in_full_batches(count, made.tile):
                model(batch[: part.stop - part.start])
        return count

    return {"bare": bare, "search": search}


def measured(runs: dict[str, Callable[[], int]], rounds: int) -> tuple[list[float], int]:
    """Wall and processor seconds of a search, both over those of the bare passes, and how many passes each made."""
    rows, count = [], 0
    for _ in range(rounds):
        spent: dict[str, tuple[float, float]] = {}
        for name, run in runs.items():
            begin, began = time.perf_counter(), time.process_time()
            count = run()
            spent[name] = time.perf_counter() - begin, time.process_time() - began
        (wall, cpu), (bare_wall, bare_cpu) = spent["search"], spent["bare"]
        rows.append((wall, cpu, wall / bare_wall, cpu / bare_cpu))
    return [statistics.median(column) for column in zip(*rows, strict=True)], count


NETS = {"shipped, 1×28×28": shipped, "its layers, 3×32×32": coloured}


def at_once(name: str, images: int, workers: int) -> float:
    """Seconds of wall that so many searches take at once, of so many images each and one thread."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(workers + 1)
    processes = [context.Process(target=_one_of, args=(name, images, barrier)) for _ in range(workers)]
    for process in processes:
        process.start()
    barrier.wait()
    begin = time.perf_counter()
    for process in processes:
        process.join()
    return time.perf_counter() - begin


def _one_of(name: str, images: int, barrier: Barrier) -> None:
    torch.set_num_threads(1)
    model, x = NETS[name](images)
    search = contenders(model.freeze(), x)["search"]
    barrier.wait()
    search()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    n = options.images
    together = {name: at_once(name, n, options.workers) for name in NETS}  # before this process has threads
    torch.set_num_threads(options.threads)
    print(f"{options.threads} threads, {options.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    print(
        "| net | passes an image | search, an image | search / bare passes (wall) | (processor) | "
        f"{options.workers} workers, an image |\n|---|---|---|---|---|---|"
    )
    for name, subject in NETS.items():
        model, x = subject(n)
        (wall, spent, over_wall, over_spent), count = measured(contenders(model.freeze(), x), options.rounds)
        print(
            f"| {name} | {count / n:.0f} | {wall / n:.2f} s, {spent / n:.2f} s of processor | {over_wall:.3f} | "
            f"{over_spent:.3f} | {together[name] / n / options.workers:.2f} s |"
        )


if __name__ == "__main__":
    main()
