"""Numbers that are known while the graph is translated, through any operator: what is made of sizes stays a size."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import _disable_current_modes

from workers.models.onnx.call import Batch, Call, symbolic
from workers.models.onnx.registry import Converter, Host, Operator, Value

#: Constants of more items are no sizes; they are computed as tensors of the graph.
_MOST = 256


def known(call: Call, operator: Operator, inputs: list[Value | None]) -> tuple[Host, ...] | None:
    """Compute a node on constants alone with torch, outside of the translation; None where it has to be translated."""
    arrays = [v for v in inputs if v is not None]
    if (
        not arrays
        or operator.tensor is None
        or not operator.folds
        or not all(isinstance(v, np.ndarray) and not symbolic(v) and v.size <= _MOST for v in arrays)
    ):
        return None
    apart = Call(call.node, Batch(None), lambda value: None, _no_branch, torch.device("cpu"))
    with _disable_current_modes():
        try:
            given = [_as(operator.tensor, i, v) for i, v in enumerate(inputs)]
            result = operator.tensor.function(apart, *given)
        except Exception:  # whatever it is, translation meets it again and says it with the node's name
            return None
        results = result if isinstance(result, tuple) else (result,)
        if not all(isinstance(value, Tensor) and value.numel() <= _MOST for value in results):
            return None
        call.read |= apart.read
        return tuple(_array(value) for value in results)


def _as(converter: Converter, position: int, value: Any) -> Any:
    as_tensor = value is not None and converter.input(position) == "tensor"
    return torch.from_numpy(np.array(value)) if as_tensor else value


def _array(value: Tensor) -> Host:
    array: Host = value.detach().numpy()
    return array.astype(np.float32) if array.dtype == np.float64 else array


def _no_branch(graph: Any) -> list[Value]:
    """Stand for the reading of branches: an operator that has some is not computed ahead of its call."""
    raise NotImplementedError
