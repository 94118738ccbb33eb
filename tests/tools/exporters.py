"""The ways in which torch writes a network to a file, by the columns of the coverage table."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn


def _script(net: nn.Module, x: Tensor, path: Path) -> None:
    torch.jit.save(torch.jit.script(net), str(path))


def _trace(net: nn.Module, x: Tensor, path: Path) -> None:
    torch.jit.save(torch.jit.trace(net, x[:1], check_trace=False), str(path))


def _trace_no_grad(net: nn.Module, x: Tensor, path: Path) -> None:
    with torch.no_grad():
        _trace(net, x, path)


def _pt2(net: nn.Module, x: Tensor, path: Path) -> None:
    torch.export.save(torch.export.export(net, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},)), str(path))


def _dynamo(net: nn.Module, x: Tensor, path: Path) -> None:
    shapes = ({0: torch.export.Dim("batch")},)
    torch.onnx.export(net, (x,), path, dynamo=True, external_data=False, dynamic_shapes=shapes, verbose=False)


def _legacy(opset: int) -> Callable[[nn.Module, Tensor, Path], None]:
    def write(net: nn.Module, x: Tensor, path: Path) -> None:
        axes = {"x": {0: "batch"}}
        torch.onnx.export(net, (x,), path, dynamo=False, opset_version=opset, input_names=["x"], dynamic_axes=axes)

    return write


#: Column → how torch writes the file.
COLUMNS: dict[str, Callable[[nn.Module, Tensor, Path], None]] = {
    "script": _script,
    "trace": _trace,
    "trace no_grad": _trace_no_grad,
    "pt2": _pt2,
    "onnx dynamo": _dynamo,
    "onnx 11": _legacy(11),
    "onnx 13": _legacy(13),
    "onnx 17": _legacy(17),
}
