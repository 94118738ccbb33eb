"""σ of all layers beside two bare forward passes and beside hooks that store activations, in one run.

Medians of CPU time over interleaved rounds, one thread. Then the two window maps of a 32×32 image on a small CNN.

    python -m tests.tools.benchmarks.neurons [--net vgg16] [--side 32] [--pairs 16] [--rounds 9]
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import itertools
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

import workers.models.vision_ops  # noqa: F401  (before torchvision)

# isort: split
import torchvision

from openapi.models import InputSpec
from workers.models.from_module import audit_module
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel
from workers.neurons.windows import vulnerability_maps


def small_images(name: str, side: int) -> nn.Module:
    """A torchvision net; for 32 pixels with the stem and head that CIFAR-10 nets have."""
    net: nn.Module = getattr(torchvision.models, name)(num_classes=10).eval()
    if side <= 32 and name.startswith("resnet"):
        net.conv1, net.maxpool = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity()
    if side <= 32 and name.startswith("vgg"):
        net.avgpool, net.classifier = nn.Identity(), nn.Linear(512, 10)
    return net


class Hooks:
    """What is commonly written: forward hooks on every convolution, norm, activation and pooling that store outputs."""

    kinds = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d)

    def __init__(self, net: nn.Module) -> None:
        self.net = net
        self.stored: dict[nn.Module, list[Tensor]] = {}
        for module in net.modules():
            if isinstance(module, nn.ReLU):
                module.inplace = False  # or it overwrites what was stored
            if isinstance(module, self.kinds):
                module.register_forward_hook(self._store)

    def _store(self, module: nn.Module, _: object, output: Tensor) -> None:
        self.stored.setdefault(module, []).append(output)

    @torch.no_grad()
    def __call__(self, x: Tensor, x_adv: Tensor) -> list[tuple[Tensor, Tensor]]:
        self.stored.clear()
        n = len(x)
        self.net(torch.cat([x, x_adv]))
        return [
            ((a[:n] - a[n:]).abs().flatten(2).sum(2), a[:n].abs().flatten(2).sum(2))
            for outputs in self.stored.values()
            for a in (o.reshape(*o.shape[:2], -1) for o in outputs)
        ]


def captum_layers(net: nn.Module) -> Callable[[Tensor, Tensor], object] | None:
    """captum's activations of all convolution and linear layers; None where it is not installed."""
    try:
        from captum.attr import LayerActivation
    except ImportError as error:
        print(f"captum is left out: {error}")
        return None
    layers = [module for module in net.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    activation = LayerActivation(net, layers)

    def run(x: Tensor, x_adv: Tensor) -> object:
        with torch.no_grad():
            pairs = zip(activation.attribute(x), activation.attribute(x_adv), strict=True)
            return [((a - b).abs().flatten(2).sum(2), a.abs().flatten(2).sum(2)) for a, b in pairs if a.ndim > 2]

    return run


def contenders(name: str, side: int) -> dict[str, Callable[[Tensor, Tensor], object]]:
    net = small_images(name, side)
    model = audit_module(net, InputSpec(shape=(3, side, side))).freeze()
    one, four = NormsModel(model, ["conv"]), NormsModel(model, ["conv", "norm", "act", "pool"])
    at = torch.arange(1024)

    @torch.no_grad()
    def bare(x: Tensor, x_adv: Tensor) -> object:
        return model(x), model(x_adv)

    found: dict[str, Callable[[Tensor, Tensor], object]] = {
        "two bare passes": bare,
        "tremor, one tap": lambda x, x_adv: measure_taps(one, x, x_adv, at[: len(x)]),
        "tremor, four taps": lambda x, x_adv: measure_taps(four, x, x_adv, at[: len(x)]),
    }
    captum = captum_layers(small_images(name, side))
    if captum is not None:
        found["captum, one tap"] = captum
    return {**found, "hooks, four taps": Hooks(small_images(name, side))}


def small_cnn() -> nn.Module:
    """Three convolutions of 32, 64 and 64 channels, the last two of stride 2, and a linear layer."""
    channels, layers = (3, 32, 64, 64), list[nn.Module]()
    for i, (given, made) in enumerate(itertools.pairwise(channels)):
        layers += [nn.Conv2d(given, made, 3, stride=min(i + 1, 2), padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)).eval()


def window_maps(rounds: int) -> None:
    """Every window of 2×2 pixels of one image: 256 passes of the network, in batches."""
    model = audit_module(small_cnn(), InputSpec(shape=(3, 32, 32))).freeze()
    x, x_adv = torch.rand(2, 1, 3, 32, 32)
    benign, adversarial = torch.tensor([0]), torch.tensor([1])
    seconds = []
    for measured in range(rounds + 1):
        began = time.process_time()
        maps = vulnerability_maps(model, x, x_adv, benign, adversarial)
        if measured:
            seconds.append(time.process_time() - began)
    _, rows, columns = maps.benign.shape
    print(f"two maps of {rows}×{columns} windows of a 32×32 image: {statistics.median(seconds):.3f} s (goal: 0.2 s)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--net", default="vgg16")
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--pairs", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    torch.set_num_threads(1)
    x = torch.rand(options.pairs, 3, options.side, options.side)
    x_adv = (x + 0.03 * torch.randn_like(x).sign()).clamp(0, 1)
    found = contenders(options.net, options.side)
    times: dict[str, list[float]] = {name: [] for name in found}
    for measured in range(options.rounds + 1):
        for name, run in found.items():
            began = time.process_time()
            run(x, x_adv)
            if measured:
                times[name].append(time.process_time() - began)
    floor = statistics.median(times["two bare passes"])
    print(f"{options.net}, {options.side}×{options.side}, {options.pairs} pairs, {options.rounds} rounds")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"| {name} | {1000 * middle / options.pairs:.2f} ms a pair | {middle / floor:.2f} × two bare passes |")
    window_maps(options.rounds)


if __name__ == "__main__":
    main()
