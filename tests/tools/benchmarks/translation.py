"""How long translation takes: every family of torchvision in each format, beside the nearest thing that others offer.

``python -m tests.tools.benchmarks.translation [--full] [--inspect] [--family resnet,vit] [--out FILE.md]`` prints CPU
seconds (one thread, the better of two runs): *tremor* from the file to an audited model (admission, translation,
layers, tap points), *torch* the loader of the format alone (`torch.jit.load`, `torch.export.load`), *onnx2torch* its
own conversion, which knows neither layers nor a free batch. ``refused``: onnx2torch cannot load it. ``--full`` takes
torchvision's own sizes. ``--inspect`` adds the whole inspection of a ResNet: translation, probes, comparison with the
runtime.
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

import workers.models.vision_ops  # noqa: F401  (before onnx2torch, which imports torchvision)
from openapi.models import InputSpec
from tests.tools.coverage_table import arguments, networks
from tests.tools.exporters import COLUMNS
from workers.models.inspection import inspect_audited
from workers.models.load import load_model

# isort: split
import onnx2torch

SHOWN = ("script", "trace", "pt2", "onnx dynamo", "onnx 17")
#: Column → (the library, its own way to open the file).
OTHERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "script": ("torch", torch.jit.load),
    "trace": ("torch", torch.jit.load),
    "pt2": ("torch", torch.export.load),
    "onnx dynamo": ("onnx2torch", onnx2torch.convert),
    "onnx 17": ("onnx2torch", onnx2torch.convert),
}


def seconds(action: Callable[[], object]) -> float:
    """CPU seconds of the better of two runs."""
    best = float("inf")
    for _ in range(2):
        started = time.process_time()
        action()
        best = min(best, time.process_time() - started)
    return best


def row(family: str, net: nn.Module, x: Tensor) -> list[str]:
    """Cells of one family: tremor / the other."""
    cells = []
    for column in SHOWN:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            try:
                COLUMNS[column](net, x, path)
            except Exception:
                cells.append("torch cannot")
                continue
            spec = InputSpec(shape=tuple(x.shape[1:]))
            ours = seconds(partial(load_model, path, None, spec))
            _, other = OTHERS[column]
            try:
                theirs = f"{seconds(partial(other, str(path))):.2f}"
            except Exception:
                theirs = "refused"
            cells.append(f"{ours:.2f} / {theirs}")
    return cells


def inspection(name: str, column: str) -> str:
    """Seconds on the clock and of CPU for the whole inspection of a torchvision net with 1,000 classes at 224 × 224."""
    import torchvision

    net = torchvision.models.get_model(name).eval()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        COLUMNS[column](net, torch.rand(2, 3, 224, 224), path)
        size = path.stat().st_size / 2**20
        wall, cpu = time.perf_counter(), time.process_time()
        found = inspect_audited(load_model(path, None, InputSpec(shape=(3, 224, 224))), path)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert found.trainable
    return f"| {name} | {column} | {size:.0f} MB | {wall:.1f} s | {cpu:.1f} s |"


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--inspect", action="store_true")
    options = parser.parse_args()
    heads = [f"{column}: tremor / {OTHERS[column][0]}" for column in SHOWN]
    lines = ["| family | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for family, net, x in networks(options):
        lines.append(f"| {family} | " + " | ".join(row(family, net, x)) + " |")
        print(lines[-1], flush=True)
    if options.inspect:
        lines += ["", "| inspection of | as | file | on the clock | CPU |", "|---" * 5 + "|"]
        for name in ("resnet18", "resnet50"):
            for column in ("trace", "onnx dynamo"):
                lines.append(inspection(name, column))
                print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
