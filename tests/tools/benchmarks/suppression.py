"""What suppression costs beside its attacks, and targeted pairs with importance beside the pairs alone.

Suppression: every attack of 12 β × 4 groups on the suppressed network, beside as many of the same attacks on the
network as it is. Medians of CPU time over interleaved rounds, one thread; untrained nets, whose images no attack of so
small an eps fools, so that all of them take every step.

    python -m tests.tools.benchmarks.suppression [--net resnet18] [--images 16] [--steps 10] [--rounds 5]
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from openapi.analyses.suppression import BETAS
from openapi.attacks import Pgd
from openapi.models import InputSpec
from service.orchestrator.analyses.importance import together
from tests.tools.benchmarks.neurons import small_images
from workers.attacks.ball.pairs import dual_pairs
from workers.attacks.engine.suite import run_attack
from workers.attacks.maths.losses import log_odds_target
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel
from workers.neurons.ranking import top_count
from workers.neurons.suppression import Suppressed

SIDE, GROUPS = 32, 4


def network(name: str) -> nn.Module:
    """`cnn`, of three convolutions, or a torchvision net with the stem of CIFAR-10 nets."""
    if name != "cnn":
        return small_images(name, SIDE)
    layers: list[nn.Module] = []
    for channels, wide, stride in ((3, 32, 1), (32, 64, 2), (64, 64, 2)):
        layers += [nn.Conv2d(channels, wide, 3, padding=1, stride=stride), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * (SIDE // 4) ** 2, 10)).eval()


def attacked(model: AuditedModel, images: int, steps: int) -> Callable[[AuditedModel], object]:
    """Attack a network on images that the model classifies as they are labelled."""
    x, spec = torch.rand(images, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)), Pgd(eps=1e-6, steps=steps)
    with torch.no_grad():
        y = model(x).argmax(1)
    return lambda net: run_attack(net, spec, x, y, torch.arange(images), seed=0, num_classes=10)


def medians(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of CPU of each, the first round left out."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for measured in range(rounds + 1):
        for name, run in runs.items():
            began = time.process_time()
            run()
            if measured:
                times[name].append(time.process_time() - began)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def targeted(model: AuditedModel, images: int, steps: int) -> dict[str, Callable[[], object]]:
    """Pairs aimed at each of ten classes alone, and with what importance and similarity read of them, as planned."""
    x, index = torch.rand(images, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1)), torch.arange(images)
    norms, groups = NormsModel(model, ["conv"]), [torch.tensor(group) for group in together(tuple(range(10)))]

    def pairs(group: Tensor) -> Tensor:
        of, aims = index.repeat(len(group)), group.repeat_interleave(images)
        return dual_pairs(model, x[of], aims, of, seed=0, eps=8 / 255, steps=steps, loss=log_odds_target)

    def measured(group: Tensor) -> object:
        of = index.repeat(len(group))
        return measure_taps(norms, x, pairs(group), of, of)

    return {
        "alone": lambda: [pairs(group) for group in groups],
        "with importance": lambda: [measured(group) for group in groups],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--net", default="resnet18")
    parser.add_argument("--images", type=int, default=16)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = audit_module(network(options.net), InputSpec(shape=(3, SIDE, SIDE))).freeze()
    chosen = {
        layer.name: range(top_count(layer.neurons, 0.1))
        for layer in model.layers
        if layer.name != model.layers[-1].name
    }
    attack, suppressed = attacked(model, options.images, options.steps), Suppressed(model, chosen)
    runs = {"plain": lambda: attack(model), "suppressed": lambda: attack(suppressed.turn(0.999))}
    found = medians(runs, options.rounds)
    # β = 1 is attacked once for all groups.
    done = len(BETAS) * GROUPS - (GROUPS - 1)
    share = done * found["suppressed"] / (len(BETAS) * GROUPS * found["plain"])
    print(f"{options.net}, {SIDE}×{SIDE}, {options.images} images, {options.steps} steps, {options.rounds} rounds")
    print(
        f"| an attack on the suppressed network | {found['suppressed'] / found['plain']:.3f} × that on the plain one |"
    )
    print(f"| {len(BETAS)} β × {GROUPS} groups, {done} attacks | {share:.3f} × as many plain attacks |")
    of_pairs = medians(targeted(model, options.images, options.steps), options.rounds)
    print(
        f"| targeted pairs with importance | {of_pairs['with importance'] / of_pairs['alone']:.3f} × the pairs alone |"
    )


if __name__ == "__main__":
    main()
