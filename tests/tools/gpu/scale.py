"""How much a GPU check does: everything on a GPU, as little as shows that it starts on a CPU."""

import time
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Scale:
    """Sizes of one run. images: attacked in comparisons; batch: of throughput; steps: of iterative attacks there."""

    device: torch.device
    images: int
    batch: int
    steps: int
    queries: int
    repeats: int
    families: tuple[str, ...]
    large: bool

    @property
    def on_gpu(self) -> bool:
        """Whether there is a GPU to check."""
        return self.device.type == "cuda"

    def clock(self) -> float:
        """Seconds on the clock, once the device has done what it was given."""
        if self.on_gpu:
            torch.cuda.synchronize(self.device)
        return time.perf_counter()


def scale_for(device: torch.device) -> Scale:
    """Return the full check for a GPU, the reduced one for a CPU."""
    if device.type == "cuda":
        return Scale(device, 256, 1024, 50, 500, 3, ("resnet", "swin", "mobilenet_v3"), large=True)
    return Scale(device, 8, 4, 2, 4, 1, (), large=False)
