"""Which architectures train and are written back: every family of torchvision's classifiers, scripted and as ONNX.

``python -m tests.tools.trained_families [--family vit,swin] [--out FILE.md]`` writes a markdown table. Each network is
exported, read, hardened for one epoch by `pat` on 32 images, written in every format, and read again. A cell says the
training loss (cross-entropy, eval mode) before and after, and the largest relative difference of the logits of the
checkpoints to the trained network's; or what went wrong. The exit status is the number of cells that did not hold.
"""

import contextlib
import io
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openapi.hardening_options import HardenOptions
from openapi.models import InputSpec
from tests.tools.coverage_table import arguments, networks
from tests.tools.exporters import COLUMNS
from tests.tools.writing_back import AGREES, returned
from workers.hardening.data import TrainingSet
from workers.hardening.training import Hardener
from workers.models.audited import AuditedModel
from workers.models.load import load_model

#: How the files are exported.
EXPORTS = ("script", "onnx dynamo")
#: Adam's first steps move every weight by the rate itself: at 2e-3 the loss of deep untrained networks rises.
OPTIONS = HardenOptions.model_validate(
    {"method": "pat", "epochs": 1, "batch_size": 8, "steps": 2, "eps": 2 / 255, "pairs": 8, "optimizer": "adam"}
    | {"lr": 2e-4, "warmup": 0, "max_grad_norm": 1.0, "schedule": "constant", "batch_norm": "eval"}
)


def task(x: Tensor, classes: int, n: int = 32) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], Tensor]:
    """n images (n, c, h, w) uint8 of the shape of x, whose brightness tells their class, and their labels."""
    generator = torch.Generator().manual_seed(1)
    y = torch.arange(n) % classes
    noise = torch.rand((n, *x.shape[1:]), generator=generator)
    return (255 * (0.2 * noise + 0.8 * y.view(-1, 1, 1, 1) / classes)).byte().numpy(), y


def trained(net: nn.Module, x: Tensor, column: str, folder: Path) -> tuple[float, float, float, dict[str, str]]:
    """(loss before, loss after, worst difference of a checkpoint, {format: why it is not written})."""
    path = folder / "model"
    with contextlib.redirect_stdout(io.StringIO()):
        COLUMNS[column](net, x, path)
    model = load_model(path, None, InputSpec(shape=(x.shape[1], x.shape[2], x.shape[3])))
    pixels, y = task(x, model.num_classes)
    images = torch.from_numpy(pixels).float() / 255
    before = _loss(model, images, y)
    Hardener(model, TrainingSet(pixels, y.numpy()), OPTIONS, seed=0).run()
    after = _loss(model, images, y)
    back = returned(model, folder, images)
    return before, after, back.worst, back.failures


def _loss(model: AuditedModel, images: Tensor, y: Tensor) -> float:
    with torch.no_grad():
        return float(F.cross_entropy(model(images), y))


def cell(net: nn.Module, x: Tensor, column: str) -> tuple[str, bool]:
    """The cell, and whether the network trained and came back."""
    with tempfile.TemporaryDirectory() as name:
        try:
            before, after, worst, failed = trained(net, x, column, Path(name))
        except Exception as error:
            return f"{type(error).__name__}: {str(error).splitlines()[0][:90]}", False
    missing = f"; not as {', '.join(failed)}" if failed else ""
    return f"{before:.3f} → {after:.3f}, {worst:.0e}{missing}", after < before and worst <= AGREES and not failed


def main() -> int:
    """Write the table; return how many cells did not hold."""
    options = arguments(__doc__).parse_args()
    lines, bad = [f"| family | {' | '.join(EXPORTS)} |", f"|---{'|---' * len(EXPORTS)}|"], 0
    for family, net, x in networks(options):
        cells = []
        for column in EXPORTS:
            text, good = cell(net, x, column)
            bad += not good
            cells.append(text if good else f"**{text}**")
        lines.append(f"| {family} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    if options.out:
        options.out.write_text(text)
    return bad


if __name__ == "__main__":
    raise SystemExit(main())
