"""Dtypes, memory formats, layouts and devices, which TorchScript writes as numbers."""

from typing import Any

import torch

from workers.models.torchscript.special import compute_dtype

#: A dtype's number is its place here.
DTYPES: list[torch.dtype] = [
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64,
    torch.complex32, torch.complex64, torch.complex128, torch.bool, torch.qint8, torch.quint8, torch.qint32,
    torch.bfloat16,
]  # fmt: skip
_FORMATS = [torch.contiguous_format, torch.preserve_format, torch.channels_last, torch.channels_last_3d]


def converted(kind: str, value: Any) -> Any:
    """Read an argument of an operator; `kind` is its type in the schema."""
    if value is None:
        return None
    if "ScalarType" in kind and isinstance(value, int):
        return compute_dtype(DTYPES[value])
    if "MemoryFormat" in kind and isinstance(value, int):
        return _FORMATS[value]
    if "Layout" in kind:
        return None
    if "Device" in kind:
        return torch.device("cpu")  # the whole graph moves later, with the model
    return value


def code(dtype: torch.dtype) -> int:
    """Write a dtype as its number."""
    return DTYPES.index(dtype)
