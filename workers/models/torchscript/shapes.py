"""What image size a TorchScript file takes: from the caller, from the trace, or by trying."""

import json
from dataclasses import dataclass
from typing import Literal

import torch

from openapi.models import InputSpec
from openapi.problems import FieldError, ModelRejected, TremorError
from workers.models.torchscript.calls import OperatorFailed
from workers.models.torchscript.program import Program

_SIZES = (32, 28, 64, 96, 128, 224, 299)


@dataclass(frozen=True)
class Candidate:
    """A shape to try: the file's own (without the batch), its layout, and what to tell the user."""

    file_shape: tuple[int, ...]
    layout: Literal["NCHW", "NHWC"] | None
    notes: tuple[str, ...] = ()


def candidates(program: Program, spec: InputSpec, traced: tuple[int, ...] | None) -> list[Candidate]:
    """List the shapes to try, the likeliest first.

    With `input.shape` given: that image in the given layout, or flattened where the trace or the file asks for it.
    Without: the traced shape, else usual image sizes with the channels of the first convolution. Raises
    `ModelRejected` naming ``/input/shape`` when there is nothing to go by.
    """
    if spec.shape is not None:
        c, h, w = spec.shape
        image = (h, w, c) if spec.layout == "NHWC" else (c, h, w)
        flat = c * h * w
        if traced is not None and len(traced) < 4:
            return [Candidate(tuple(traced[1:]), spec.layout)]
        if traced is not None and spec.layout is None and tuple(traced[1:]) == (h, w, c) != (c, h, w):
            return [Candidate((h, w, c), "NHWC")]
        first = Candidate(image, spec.layout)
        return (
            [first]
            if traced is not None
            else [first, Candidate((flat,), spec.layout), Candidate((flat, 1), spec.layout)]
        )
    if traced is not None:
        return [
            Candidate(tuple(traced[1:]), spec.layout, (f"the input shape {list(traced[1:])} was read from the trace",))
        ]
    channels = _first_channels(program)
    if channels is None:
        raise missing()
    found = [
        Candidate(
            (s, s, channels) if spec.layout == "NHWC" else (channels, s, s),
            spec.layout,
            (f"the file does not say its image size; {s}×{s} was tried and works: give input.shape to be sure",),
        )
        for s in _SIZES
    ]
    # nets with an adaptive pooling take every size: a deep one was made for large images
    return found[::-1] if _deep(program) else found


def missing() -> ModelRejected:
    """Return the error that asks for the input's shape."""
    detail = (
        "the file does not say the size of its input; give input.shape as [channels, height, width] in the metadata"
    )
    return ModelRejected(detail, errors=(FieldError(pointer="/input/shape", detail=detail),))


def beyond_shapes(error: TremorError) -> bool:
    """Whether the error is of something else that the caller said: the model ran, so that this size is right."""
    return any(found.pointer == "/output" for found in error.errors or ())


def explained(error: TremorError, given: tuple[int, int, int] | None, *, guessed: bool) -> TremorError:
    """Return the error to raise when no candidate worked: the first one's, with what it may have to do with the shape
    that was `given` in the metadata or, `guessed`, with the usual sizes that were tried."""
    failed = isinstance(error, OperatorFailed)
    if given is not None and failed:
        detail = f"the model fails on images of the input.shape that was given, {list(given)}: {error.detail}"
    elif guessed and (failed or type(error) is ModelRejected):
        detail = (
            "no usual input size works; give input.shape as [channels, height, width]. First failure: " + error.detail
        )
    else:
        return error
    return ModelRejected(detail, errors=(FieldError(pointer="/input/shape", detail=detail),), **error.extra)


def _first_channels(program: Program) -> int | None:
    for parameter in program.module.parameters():
        if parameter.dim() == 4:
            return int(parameter.shape[1]) if parameter.shape[1] in (1, 3, 4) else None
    for name, tensor in program.module.named_buffers():
        if tensor.dim() == 4 and name.startswith("constants."):
            return int(tensor.shape[1]) if tensor.shape[1] in (1, 3, 4) else None
    return None


def _deep(program: Program) -> bool:
    heads = [t for t in program.module.state_dict().values() if isinstance(t, torch.Tensor) and t.dim() == 2]
    return bool(heads) and int(heads[-1].shape[0]) >= 1000


def noted_shape(content: bytes) -> tuple[int, ...] | None:
    """Return the batch shape (1, …) that our own writer notes in an extra file; None where there is no such note."""
    try:
        shape = json.loads(content)["shape"] if content else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(shape, list) or not all(type(size) is int and 0 < size < 2**20 for size in shape):
        return None
    return (1, *shape) if 1 <= len(shape) <= 8 else None
