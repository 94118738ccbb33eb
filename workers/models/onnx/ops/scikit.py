"""What converters of scikit-learn put before and behind a network: scaling, normalisation, and names of scores."""

import torch
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.registry import operator

_ML = "ai.onnx.ml"


def _row(call: Call, name: str, x: Tensor) -> Tensor | float:
    """An attribute of one number, or one a column."""
    numbers = call.attr(name)
    if not numbers:
        return 0.0 if name == "offset" else 1.0
    if len(numbers) == 1:
        return float(numbers[0])
    if len(numbers) != x.shape[-1]:
        raise call.refuse(f"its {name} has {len(numbers)} numbers for {x.shape[-1]} columns")
    return torch.tensor(numbers, dtype=torch.float32, device=x.device)


@operator("Scaler", domain=_ML)
def scaler(call: Call, x: Tensor) -> Tensor:
    """(x − offset) · scale, by column."""
    result: Tensor = (x.float() - _row(call, "offset", x)) * _row(call, "scale", x)
    return result


@operator("Normalizer", domain=_ML)
def normalizer(call: Call, x: Tensor) -> Tensor:
    """Each row over its norm; a row of zeros stays."""
    x = x.float()
    match call.attr("norm", "MAX"):
        case "MAX":
            norm = x.amax(-1, keepdim=True)  # the largest number, not the largest magnitude: onnxruntime's
        case "L1":
            norm = x.abs().sum(-1, keepdim=True)
        case "L2":
            norm = torch.linalg.vector_norm(x, 2, -1, keepdim=True)
        case other:
            raise call.refuse(f"the norm {other!r} is unknown")
    if call.attr("norm", "MAX") == "MAX":  # of any sign
        return torch.where(norm == 0, x, x / torch.where(norm == 0, torch.ones_like(norm), norm))
    result: Tensor = x / norm.clamp_min(torch.finfo(x.dtype).tiny)  # seen through by `order`
    return result


@operator("ZipMap", domain=_ML, view=True, idle=("classlabels_int64s", "classlabels_strings"))
def zip_map(call: Call, x: Tensor) -> Tensor:
    """The scores themselves, of which the file makes a dictionary an image."""
    return x
