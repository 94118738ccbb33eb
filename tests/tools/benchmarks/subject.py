"""What is attacked: a model file and images, and a wrapper that counts everybody's passes alike."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from workers.models.load import load_model

DEMO = Path(__file__).parents[3] / "deploy" / "demo"


class Counted(nn.Module):
    """The model, counting images that went forward and images whose gradient came back."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.training = model.training
        self.forwards = self.backwards = 0

    def forward(self, x: Tensor) -> Tensor:
        self.forwards += len(x)
        z: Tensor = self.model(x)
        if z.requires_grad:
            z.register_hook(lambda grad: self._came_back(len(grad)))
        return z

    def quickened(self, example: Tensor, *, tempered: bool = False) -> nn.Module:
        """Ours goes through the model's quick form where it has one: counted as well."""
        offer = getattr(self.model, "quickened", None)
        return self if offer is None else _Alias(offer(example, tempered=tempered), self)

    def _came_back(self, n: int) -> None:
        self.backwards += n


class _Alias(Counted):
    """Another form of a counted model; its passes are counted where the model's are."""

    def __init__(self, model: nn.Module, owner: Counted) -> None:
        super().__init__(model)
        self._owner = [owner]  # in a list: no submodule

    def forward(self, x: Tensor) -> Tensor:
        self._owner[0].forwards += len(x)
        z: Tensor = self.model(x)
        if z.requires_grad:
            z.register_hook(lambda grad: self._owner[0]._came_back(len(grad)))
        return z


@dataclass
class Subject:
    """A model with images and labels, and its bare cost in CPU seconds an image."""

    name: str
    model: Counted
    x: Tensor
    y: Tensor
    forward_cost: float = 0.0
    both_cost: float = 0.0

    def measure_floor(self, tile: int = 64) -> None:
        """Time the bare model, weights frozen: forward alone, and forward with the gradient of the input."""
        net = self.model.model
        for p in net.parameters():
            p.requires_grad_(False)
        self.forward_cost = _best(lambda: _passes(net, self.x, tile, False), self.x.device) / len(self.x)
        self.both_cost = _best(lambda: _passes(net, self.x, tile, True), self.x.device) / len(self.x)
        for p in net.parameters():
            p.requires_grad_(True)

    def floor(self, forwards: int, backwards: int) -> float:
        """CPU seconds that the bare model needs for as many passes."""
        return (forwards - backwards) * self.forward_cost + backwards * self.both_cost


def _passes(net: nn.Module, x: Tensor, tile: int, gradient: bool) -> None:
    for part in x.split(tile):
        if gradient:
            leaf = part.clone().requires_grad_()
            torch.autograd.grad(net(leaf).sum(), leaf)
        else:
            with torch.no_grad():
                net(part)


def clock(device: torch.device) -> float:
    """Seconds of this process's CPU time; where a GPU does the work seconds on the clock, once it has done it."""
    if device.type != "cuda":
        return time.process_time()
    torch.cuda.synchronize(device)
    return time.perf_counter()


def _best(run: Callable[[], None], device: torch.device, times: int = 5) -> float:
    costs = []
    for _ in range(times):
        began = clock(device)
        run()
        costs.append(clock(device) - began)
    return sorted(costs)[len(costs) // 2]


def load_subject(
    model: Path, data: Path, images: int, mean: list[float], std: list[float], softmax: bool, device: str = "cpu"
) -> Subject:
    """Open a model file and the first `images` of an npz (`x` uint8 NHWC or NCHW, `y`)."""
    with np.load(data) as file:
        pixels, labels = file["x"][:images], file["y"][:images].astype(np.int64)
    x = torch.from_numpy(pixels).to(torch.float32)
    if pixels.dtype == np.uint8:
        x = x / 255
    if x.ndim == 3:
        x = x[:, None]
    if x.shape[-1] in (1, 3) and x.shape[1] not in (1, 3):
        x = x.permute(0, 3, 1, 2).contiguous()
    c, h, w = x.shape[1:]
    net: nn.Module = load_model(model, None, InputSpec(shape=(c, h, w), mean=tuple(mean), std=tuple(std)))
    if softmax:
        net = nn.Sequential(net, nn.Softmax(1))
    net = net.eval().to(device)
    subject = Subject(model.stem, Counted(net), x.to(device), torch.from_numpy(labels).to(device))
    subject.measure_floor()
    return subject


def reset_peak() -> None:
    """Start a new reading of the peak memory, where the kernel offers it."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_mib() -> float:
    """The largest resident memory since `reset_peak` (since the start where that is not offered), in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
