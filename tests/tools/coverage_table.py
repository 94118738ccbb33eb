"""Which architectures come through which format: every family of torchvision's classifiers, translated and compared.

``python -m tests.tools.coverage_table [--full] [--family vit,swin] [--column script,pt2] [--out FILE.md] [--guide]
[--cells FILE.jsonl]`` writes a markdown table. A cell says the largest relative difference of the logits to the
original runtime's (torch for TorchScript, onnxruntime for ONNX) at two batch sizes, then of the input gradient to the
original network's, then in how many of the four formats that hardening delivers it was written and read again with
the same logits, or why there is none. Below it stand the failures. What ``--cells`` knows is not asked again.
``--full`` takes torchvision's own sizes (random weights) instead of small nets of the same blocks; ``--seconds`` adds
the CPU seconds of translation; ``--guide`` writes the table into the guide's page on files, where the rows of other
families stay. The exit status is the number of cells in which torch could export and Tremor could not follow.

What ``--full`` gave for four of them, the gradients of both VGGs in float64:

| network | torch's own formats | dynamo ONNX | legacy ONNX, opset 11, 13 and 17 |
|---|---|---|---|
| maxvit_t, 224 | 0e+00 / 0e+00 | 1e-06 / 1e-06 | up to 2e-06 / 1e-06; torch cannot write opset 11 |
| vgg11, 224 | 0e+00 / 2e-08 | 1e-06 / 2e-08 | 1e-06 / 2e-08 |
| vgg11_bn, 224 | 0e+00 / 2e-08 | 1e-06 / 1e-07 | 1e-06 / 1e-07 |
| wide_resnet50_2, 64 | 0e+00 / 0e+00 | 8e-07 / 1e-06 | up to 9e-07 / 1e-06 |
"""

import argparse
import contextlib
import dataclasses
import io
import json
import logging
import re
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import onnxruntime
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.tools.exporters import COLUMNS
from tests.tools.kinks import GRADIENT, images, slope, worst
from tests.tools.writing_back import returned
from tests.workers.models.nets import relative
from tests.workers.models.onnx.nets import NETS, build
from workers.models.audited import AuditedModel
from workers.models.load import load_model

LOGITS = 1e-4
GUIDE = Path(__file__).parents[2] / "deploy" / "guide" / "files.md"
BEGIN, END = "<!-- coverage:begin -->", "<!-- coverage:end -->"

#: (network, translation, shape of an image) → (difference of their input gradients, computed in what).
Slope = Callable[[nn.Module, AuditedModel, tuple[int, ...]], tuple[float, torch.dtype]]

#: Family → torchvision's smallest member and the side of its input, for ``--full``.
FULL = {
    "alexnet": ("alexnet", 224),
    "convnext": ("convnext_tiny", 64),
    "densenet": ("densenet121", 64),
    "efficientnet": ("efficientnet_b0", 64),
    "efficientnet_v2": ("efficientnet_v2_s", 64),
    "googlenet": ("googlenet", 64),
    "inception_v3": ("inception_v3", 80),
    "maxvit": ("maxvit_t", 224),
    "mnasnet": ("mnasnet0_5", 64),
    "mobilenet_v2": ("mobilenet_v2", 64),
    "mobilenet_v3": ("mobilenet_v3_small", 64),
    "regnet": ("regnet_y_400mf", 64),
    "resnet": ("resnet18", 64),
    "resnext": ("resnext50_32x4d", 64),
    "shufflenet_v2": ("shufflenet_v2_x0_5", 64),
    "squeezenet": ("squeezenet1_1", 64),
    "swin": ("swin_t", 64),
    "swin_v2": ("swin_v2_t", 64),
    "vgg": ("vgg11", 224),
    "vgg_bn": ("vgg11_bn", 224),
    "vit": ("vit_b_32", 224),
    "wide_resnet": ("wide_resnet50_2", 64),
}


@dataclasses.dataclass
class Cell:
    """One translation: differences and seconds, or what went wrong and whose fault it is."""

    text: str
    seconds: float | None = None
    failure: str | None = None
    ours: bool = False


def full_size(family: str) -> tuple[nn.Module, Tensor]:
    """(a family's smallest network of torchvision's own with 10 classes, two images)."""
    import torchvision

    name, side = FULL[family]
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    torch.manual_seed(0)
    net = torchvision.models.get_model(name, num_classes=10, **options).eval()
    if family == "vit":
        nn.init.normal_(net.heads.head.weight, std=0.05)
    return net, torch.rand(2, 3, side, side)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The options that say which networks, and where the table goes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--family", default="")
    parser.add_argument("--out", type=Path)
    return parser


def networks(options: argparse.Namespace) -> Iterator[tuple[str, nn.Module, Tensor]]:
    """Each family that the options name, its network, two images; the exporters say nothing from here on."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    for family in options.family.split(",") if options.family else list(FULL if options.full else NETS):
        yield family, *(full_size(family) if options.full else build(family))


def _runtime(net: nn.Module, column: str, path: Path) -> Callable[[Tensor], Tensor]:
    """The original: onnxruntime for ONNX files, the torch module itself otherwise."""
    if not column.startswith("onnx"):
        return net
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda x: torch.from_numpy(session.run(None, {session.get_inputs()[0].name: x.numpy()})[0])


def _weights_missing(net: nn.Module, x: Tensor, model: AuditedModel, column: str) -> str:
    """Which weights that the network reads are no trainable parameter of the model; '' when all are.

    A weight that several layers share has several names, one of which is kept. An ONNX export renames weights and
    folds norms into convolutions: there the numbers of matrices and kernels are counted.
    """
    net.zero_grad()
    net(x).sum().backward()
    used: dict[nn.Parameter, set[str]] = {}
    for name, p in net.named_parameters(remove_duplicate=False):
        if p.grad is not None:
            used.setdefault(p, set()).add(name)
    found = model.trainable_parameters()
    odd = [name for name in found if not re.fullmatch(r"[A-Za-z_0-9.-]+", name)]
    if odd:
        return f"names that are no paths: {odd[:3]}"
    if not column.startswith("onnx"):
        return ", ".join(sorted(min(names) for names in used.values() if names.isdisjoint(found))[:3])
    wanted = sum(p.numel() for p in used if _is_matrix(p))
    there = sum(p.numel() for p in found.values() if _is_matrix(p))
    return "" if there >= wanted else f"{wanted - there} of {wanted} numbers of kernels and matrices"


def _is_matrix(weight: Tensor) -> bool:
    """Whether it is more than a vector; a gain of NFNet (c, 1, 1, 1) is none."""
    return sum(size > 1 for size in weight.shape) > 1


def cell(
    net: nn.Module, x: Tensor, column: str, folder: Path, slope: Slope = slope, *, written_back: bool = False
) -> Cell:
    """Write, translate and compare one network in one format; `slope` compares the input gradients.

    written_back: also write what was read in every format of hardening, and read it again.
    """
    path = folder / "model"
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the legacy exporter prints its graph when it fails
            COLUMNS[column](net, x, path)
    except Exception as error:
        return Cell("torch cannot", failure=f"torch cannot write it: {type(error).__name__}: {_first_line(error)}")
    started = time.process_time()
    try:
        model = load_model(path, None, InputSpec(shape=tuple(x.shape[1:])))
    except Exception as error:
        return Cell("refused", failure=f"{type(error).__name__}: {str(error)[:200]}", ours=True)
    seconds = time.process_time() - started
    shape = tuple(x.shape[1:])
    logits = 0.0
    for batch in (1, 3):
        drawn = images(batch, shape)
        with torch.no_grad():
            logits = worst(logits, relative(model(drawn), _runtime(net, column, path)(drawn)))
    gradients, dtype = slope(net, model, shape)
    text = f"{logits:.0e} / {gradients:.0e}" + (" in float64" if dtype == torch.float64 else "")
    if logits > LOGITS or not gradients < GRADIENT:
        return Cell(text, seconds, f"logits differ by {logits:.1e}, gradients by {gradients:.1e}", ours=True)
    missing = _weights_missing(net, x, model, column)
    failures = [f"not trainable: {missing}"] if missing else []
    if written_back:
        back = returned(model, folder)
        text, failures = f"{text}, {back.counted}", [*failures, *back.reasons]
    return Cell(text, seconds, "; ".join(failures) or None, ours=bool(failures))


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).strip().splitlines() if line]
    return lines[0].split(". ")[0][:200] if lines else ""


def into_guide(table: str, page: Path) -> None:
    """Put a table between the page's coverage marks; where it names some families only, the others' rows stay."""
    text = page.read_text()
    head, _, rest = text.partition(BEGIN)
    old, _, tail = rest.partition(END)
    page.write_text(f"{head}{BEGIN}\n{_merged(table, old)}{END}{tail}")


def _merged(new: str, old: str) -> str:
    """The new rows and notes, and of the old ones those of other families, for as long as the columns are the same."""
    (title, rows, notes), (old_title, old_rows, old_notes) = _parts(new), _parts(old)
    if title == old_title:
        rows = {**old_rows, **rows}
        notes = [*(note for note in old_notes if note[2:].split(",")[0] not in _parts(new)[1]), *notes]
    lines = [title, "|---" * (title.count("|") - 1) + "|", *(rows[family] for family in rows)]
    return "\n".join([*lines, "", *(notes or ["No failures."])]) + "\n"


def _parts(table: str) -> tuple[str, dict[str, str], list[str]]:
    """A table's title line, its rows by family, and the notes ("- family, column: why") below it."""
    lines = table.splitlines()
    title = next((line for line in lines if line.startswith("| family")), "")
    rows = {line[2:].split(" |")[0]: line for line in lines if line.startswith("| ") and line != title}
    return title, rows, [line for line in lines if line.startswith("- ")]


def known(path: Path | None) -> dict[tuple[str, str], Cell]:
    """(family, column) → the cell that a file of an earlier run says, the last line first."""
    lines = path.read_text().splitlines() if path and path.exists() else []
    return {(line.pop("family"), line.pop("column")): Cell(**line) for line in map(json.loads, lines)}


def _asked(family: str, net: nn.Module, x: Tensor, column: str, path: Path | None) -> Cell:
    """One cell, known from an earlier run or asked and noted."""
    found = known(path).get((family, column))
    if found is None:
        with tempfile.TemporaryDirectory() as folder:
            found = cell(net, x, column, Path(folder), written_back=True)
        if path:
            with path.open("a") as file:
                file.write(json.dumps({"family": family, "column": column, **dataclasses.asdict(found)}) + "\n")
    return found


def main() -> int:
    """Write the table."""
    parser = arguments(__doc__)
    parser.add_argument("--cells", type=Path)
    parser.add_argument("--column", default="")
    parser.add_argument("--seconds", action="store_true")
    parser.add_argument("--guide", action="store_true")
    options = parser.parse_args()
    columns = options.column.split(",") if options.column else list(COLUMNS)
    lines = ["| family | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    failures: list[str] = []
    ours = 0
    for family, net, x in networks(options):
        cells = []
        for column in columns:
            found = _asked(family, net, x, column, options.cells)
            shown = options.seconds and found.seconds is not None
            cells.append(f"{found.text} · {found.seconds:.1f} s" if shown else found.text)
            ours += found.ours
            if found.failure:
                failures.append(f"- {family}, {column}: {found.failure}")
        lines.append(f"| {family} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    text = "\n".join([*lines, "", *(failures or ["No failures."])]) + "\n"
    print(text)
    if options.guide:
        into_guide(text, GUIDE)
    if options.out:
        options.out.write_text(text)
    return ours


if __name__ == "__main__":
    raise SystemExit(main())
