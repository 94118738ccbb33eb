"""What a job runs on: device, threads, versions. Imported and called in the confined child only."""

import importlib.metadata
import platform
from typing import Literal

from openapi.problems import JobFailed
from openapi.wire.jobs import Environment, GpuMemory
from workers.sandbox.confine import Confinement

_LIBRARIES = ("torch", "torchvision", "numpy", "onnx", "onnxruntime", "onnx2torch")


def pick_device(wanted: Literal["auto", "cpu", "cuda"]) -> str:
    """`cuda` where it is wanted or there, else `cpu`. `JobFailed` when it is wanted and not there."""
    if wanted == "cpu":
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if wanted == "cuda":
        raise JobFailed("TREMOR_DEVICE=cuda, but torch finds no CUDA device; set it to auto or cpu")
    return "cpu"


def describe(device: str, threads: int, confined: Confinement) -> Environment:
    """The report's environment block; sets torch's threads on the way."""
    import torch

    torch.set_num_threads(threads)
    return Environment(
        device=device,
        device_name=torch.cuda.get_device_name() if device == "cuda" else _processor(),
        threads=threads,
        versions={"python": platform.python_version(), **_versions()},
        sandbox=confined.level,
        sandbox_layers=tuple(confined.layers),
        sandbox_missing=confined.missing,
    )


def gpu_memory(device: str) -> GpuMemory | None:
    """What of the GPU's memory is taken now; None on a CPU, and before this process has used the GPU."""
    if device != "cuda":
        return None
    import torch

    if not torch.cuda.is_initialized():
        return None  # to ask would take some hundred MB of it
    free, total = torch.cuda.mem_get_info()
    return GpuMemory(used=total - free, total=total, peak=torch.cuda.max_memory_reserved())


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()
