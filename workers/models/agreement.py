"""Compares a translated model with the file run by its own runtime: torch for TorchScript, onnxruntime for ONNX."""

import warnings
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Required, TypeAlias, TypedDict

import torch
from torch import Tensor

from workers.models.audited import AuditedModel
from workers.models.graphs import op_name
from workers.refusals import said

#: A relative difference above this is told to the user.
NOTABLE = 1e-3
#: What rounding to a grid of 256 steps explains: a number that lies between two steps falls on one or the other.
_GRID = 0.1
#: How many times further than one rounding of the input moves the logits, all roundings inside may move them.
_ROUNDINGS = 30


class Difference(TypedDict):
    """relative: the largest difference of the logits (of the probabilities, where the file returns these) over the
    largest of the original's. explained: how large the file's precision can make it."""

    relative: float
    explained: float


class Agreement(TypedDict, total=False):
    """images: of how many. optimised: the difference to what onnxruntime computes once it has optimised the file, where
    that is another. reason: why the original could not be run, or not be compared with; then there is no more."""

    runtime: Required[str | None]
    images: int
    relative: float
    explained: float
    optimised: float
    reason: str


def agreement(model: AuditedModel, path: Path, images: int = 2) -> Agreement:
    """Run file and model on the same random images."""
    if model.format not in _OPENERS:
        return {"runtime": None, "reason": "this format's own loader unpickles, and so is not run"}
    if model.output.head == "top":
        return {"runtime": None, "reason": "the file returns its best classes alone, not the score of each"}
    library = "torch" if model.format == "torchscript" else "onnxruntime"
    runtime = f"{library} {version(library)}"
    assert model.input.shape is not None
    pixels = torch.rand((images, *model.input.shape), generator=torch.Generator().manual_seed(2))
    found = _compared(_OPENERS[model.format], path, model, pixels)
    if isinstance(found, str):
        return {"runtime": runtime, "reason": found}
    if model.format == "onnx" and found["relative"] > found["explained"]:
        plain = _compared(partial(_open_onnx, optimised=False), path, model, pixels)
        if not isinstance(plain, str) and plain["relative"] <= plain["explained"]:
            return {**_agreed(runtime, images, plain), "optimised": found["relative"]}
    return _agreed(runtime, images, found)


def _agreed(runtime: str, images: int, found: Difference) -> Agreement:
    return {"runtime": runtime, "images": images, "explained": found["explained"], "relative": found["relative"]}


Opener: TypeAlias = Callable[[Path, AuditedModel], Callable[[Tensor], Any]]


@torch.no_grad()
def _compared(opener: Opener, path: Path, model: AuditedModel, pixels: Tensor) -> Difference | str:
    """The difference to the file as `opener` runs it, or why there is none; pixels: (n, c, h, w) in [0, 1]."""
    ours = model(pixels)
    raw = model.transform(pixels)
    try:
        theirs = _batches(opener(path, model), raw, model)
    except Exception as error:  # the original runtime may fail in any way; it decides nothing
        return f"the original could not be run: {said(error, 200)}"
    expected = model.file_output(ours)
    if expected is None:
        return "what the file returns cannot be computed from the logits alone"
    expected = expected.float()
    if not bool(torch.isfinite(theirs).all()):
        return "the original gives NaN or infinite numbers"
    precision = explained(model, raw, ours)
    if model.output.head == "label":  # two labels agree or do not, unless the classes are level
        top = ours.float().topk(2, 1).values
        level = (top[:, :1] - top[:, 1:]) <= precision * ours.abs().max()
        return {"explained": precision, "relative": float(((expected != theirs) & ~level).float().mean())}
    scale = float(theirs.abs().max()) or 1.0
    return {"explained": precision, "relative": float((expected - theirs).abs().max()) / scale}


@torch.no_grad()
def explained(model: AuditedModel, raw: Tensor, logits: Tensor) -> float:
    """How large a relative difference the file's precision can make.

    Measured: the input is moved by one rounding (up and down, at random) and the logits are looked at. raw: the file's
    input; logits: those of raw.
    """
    dtype = model.file_input.dtype if model.file_input.dtype.is_floating_point else torch.float32
    signs = torch.rand(raw.shape, generator=torch.Generator().manual_seed(3)).round() * 2 - 1
    moved = model.graph(raw * (1 + torch.finfo(dtype).eps * signs.to(raw)))
    share = float((moved - logits).abs().max()) / (float(logits.abs().max()) or 1.0)
    rounds = any(op_name(node) in ("round", "floor", "ceil", "fake_quantize") for node in model.graph.graph.nodes)
    return max(_GRID if rounds else NOTABLE, _ROUNDINGS * share)


def _batches(original: Callable[[Tensor], Any], raw: Tensor, model: AuditedModel) -> Tensor:
    """Run the images one by one, or all at once where the file takes no single one."""
    try:
        return torch.cat([_output(original(image[None]), model, 1) for image in raw])
    except Exception:
        return _output(original(raw), model, len(raw))


def _output(output: Any, model: AuditedModel, images: int) -> Tensor:
    """Pick the tensor that the model's logits stand for out of what the original returned, as (images, numbers)."""
    for key in model.output.path:
        output = output[key]
    numbers = 1 if model.output.single or model.output.head == "label" else model.num_classes
    if not isinstance(output, Tensor) or output.numel() != images * numbers:
        raise ValueError(f"no output of shape ({images}, {numbers})")
    return output.reshape(images, numbers).float()


def _open_torchscript(path: Path, model: AuditedModel) -> Callable[[Tensor], Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script = torch.jit.load(str(path), map_location="cpu").eval()
    dtype = model.file_input.dtype

    def run(x: Tensor) -> Any:
        with warnings.catch_warnings(), torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
            warnings.simplefilter("ignore")
            return script(x.to(dtype))

    return run


def _open_onnx(path: Path, model: AuditedModel, *, optimised: bool = True) -> Callable[[Tensor], Any]:
    from workers.models.onnx.runtime import open_onnx  # onnx takes a while to import

    return open_onnx(path, model, optimised=optimised)


_OPENERS: dict[str, Opener] = {"torchscript": _open_torchscript, "onnx": _open_onnx}
