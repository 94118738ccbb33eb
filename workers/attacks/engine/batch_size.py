"""How many images one pass takes: as many as are worth it, and as fit into the memory that is free, by measurement."""

import contextlib
import resource
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from workers.attacks.engine.victim import DEFAULT_TILE, Logits

#: Share of the free memory that a pass may take: allocators waste some, and neighbours want some.
_SHARE = 0.5
#: What a pass needs beside the activations it keeps for its way back: gradients and kernels' scratch.
_BESIDE = 2.0
#: On a CPU a pass of a tiny model is mostly the price of its calls: the tile doubles up to 512 while a forward pass
#: stays below so many operations and the images below so many bytes. A CNN of 1.9 MFLOP an image, all of 256 images,
#: seconds with tiles of 64, 128, 256 and 512: APGD-T 6.2, 4.9, 4.0, 3.1, FAB-T 12, 8.9, 6.7, 5.7, Square 4.7, 4.3, 4.2,
#: 4.5; ResNet-20 (82 MFLOP) and VGG-16 gained nothing beyond 64.
_TINY_OPERATIONS, _TINY_BYTES, _TINY_TILE = 1e9, 2**23, 512


def operations(model: Logits, example: Tensor) -> float:
    """Return the floating-point operations of one image's forward pass (matrix products and convolutions).

    example: (m, c, h, w) images; they go through the model once.
    """
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(example)
    return float(counter.get_total_flops()) / len(example)


def usual_tile(example: Tensor, operations: float) -> int:
    """Return how many images a pass takes where memory does not matter: the device's number, more for a tiny model.

    example: (m, c, h, w) images on the device; operations: of one image, as by `operations`.
    """
    tile = DEFAULT_TILE.get(example.device.type, 64)
    if example.device.type == "cpu":
        most = min(_TINY_OPERATIONS / max(operations, 1), _TINY_BYTES / (4 * example[:1].numel()), _TINY_TILE)
        while 2 * tile <= most:
            tile *= 2
    return tile


def rows_at_once(model: Logits, example: Tensor, usual: int, gradient: bool = True) -> int:
    """Return the tile for passes with gradients: the usual one, or the largest power of 2 that has room.

    example: (m, c, h, w) images on the device; they go through the model once and back. The size changes the speed and
    never the result; `Victim` halves it when memory runs out all the same. gradient: whether there are passes back; a
    black-box attack asks for none, not even here, and keeps nothing of its passes: the usual size.
    """
    if not gradient:
        return usual
    free, each = free_bytes(example.device), bytes_per_image(model, example)
    if free is None or each == 0:
        return usual
    fits = max(1, int(_SHARE * free / each))
    return usual if fits >= usual else 1 << (fits.bit_length() - 1)


def bytes_per_image(model: Logits, example: Tensor) -> int:
    """Measure the memory of one image's way through the model and back; 0 where it has no way back.

    A CPU: the activations that autograd keeps, each storage once, and as much again. CUDA: the allocator's peak.
    """
    leaf = example.detach().clone().requires_grad_()
    on_gpu = example.device.type == "cuda"
    if on_gpu:
        torch.cuda.reset_peak_memory_stats(example.device)
        before = torch.cuda.memory_allocated(example.device)
    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        if tensor.ndim > 0 and len(tensor) == len(example):  # an activation, not a weight
            storage = tensor.untyped_storage()
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        logits = model(leaf)
        if not logits.requires_grad:
            return 0
        with contextlib.suppress(RuntimeError):  # a graph that does not lead back to the image
            torch.autograd.grad(logits.sum(), leaf)
    if on_gpu:
        return (torch.cuda.max_memory_allocated(example.device) - before) // len(example)
    return int(_BESIDE * sum(kept.values())) // len(example)


def free_bytes(device: torch.device) -> int | None:
    """Return what this process may still take on a device; None when that cannot be told.

    A CPU: the least of what the machine, the process's address-space limit and its control group leave.
    """
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    left = [
        free for free in (_of_machine(), _of_address_space(), _of_group(Path("/sys/fs/cgroup"))) if free is not None
    ]
    return min(left, default=None)


def _of_machine() -> int | None:
    with contextlib.suppress(OSError, StopIteration, ValueError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("MemAvailable")).split()[1])
    return None


def _of_address_space() -> int | None:
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY:
        return None
    with contextlib.suppress(OSError, ValueError):
        return max(0, limit - int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize())
    return None


def _of_group(group: Path) -> int | None:
    """A control group's limit (version 2; None without one) less what is in use, cached files not counted."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        limit, used = int((group / "memory.max").read_text()), int((group / "memory.current").read_text())
        lines = (group / "memory.stat").read_text().splitlines()
        cached = int(next(line for line in lines if line.startswith("inactive_file ")).split()[1])
        return max(0, limit - (used - cached))
    return None
