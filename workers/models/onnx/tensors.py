"""`TensorProto` → numpy, with every declared size checked against the bytes that are there.

Half, bfloat16 and double become float32: the audit computes in float32 whatever the file stores.
"""

import math
from typing import Any

import ml_dtypes
import numpy as np
from onnx import TensorProto

from openapi.problems import ModelMalformed, ModelUnsafe, UnsupportedOperator
from workers.models.onnx.limits import MAX_RANK, MAX_TENSOR_ELEMENTS

#: ONNX element type → (numpy type on the wire, numpy type that the translation computes in).
_TYPES: dict[int, tuple[Any, Any]] = {
    TensorProto.FLOAT: (np.float32, np.float32),
    TensorProto.DOUBLE: (np.float64, np.float32),
    TensorProto.FLOAT16: (np.float16, np.float32),
    TensorProto.BFLOAT16: (ml_dtypes.bfloat16, np.float32),
    TensorProto.INT8: (np.int8, np.int8),
    TensorProto.UINT8: (np.uint8, np.uint8),
    TensorProto.INT16: (np.int16, np.int16),
    TensorProto.UINT16: (np.uint16, np.uint16),
    TensorProto.INT32: (np.int32, np.int32),
    TensorProto.UINT32: (np.uint32, np.uint32),
    TensorProto.INT64: (np.int64, np.int64),
    TensorProto.UINT64: (np.uint64, np.uint64),
    TensorProto.BOOL: (np.bool_, np.bool_),
}

#: Unsigned integers that torch hardly computes in → the signed ones that hold what they hold.
_WIDENED: dict[Any, Any] = {
    np.dtype(np.uint16): np.int32,
    np.dtype(np.uint32): np.int64,
    np.dtype(np.uint64): np.int64,
}

FLOATS = frozenset({TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16})


def torch_type(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A copy of an array in a type that torch computes in."""
    return np.array(array, dtype=_WIDENED.get(array.dtype, array.dtype))


def type_name(element_type: int) -> str:
    """The ONNX name of an element type, e.g. ``FLOAT16``."""
    try:
        return str(TensorProto.DataType.Name(element_type))
    except ValueError:
        return f"element type {element_type}"


def computed_type(element_type: int, where: str) -> Any:
    """The numpy type that values of this ONNX type are computed in; raises `UnsupportedOperator`."""
    if element_type not in _TYPES:
        raise UnsupportedOperator(
            f"{where} uses {type_name(element_type)}, which cannot be audited. "
            "Export the model with float32 (or float16, bfloat16, int8, uint8) tensors.",
            operator=type_name(element_type),
        )
    return _TYPES[element_type][1]


def check_tensor(tensor: TensorProto) -> int:
    """Check that the tensor holds exactly what it declares, all inside the file; return its size in bytes."""
    name = tensor.name or "(unnamed)"
    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        raise ModelUnsafe(
            f"Tensor {name!r} keeps its data in another file. Upload both files in one zip, or save the model as one: "
            "torch.onnx.export(..., external_data=False) or onnx.save(..., save_as_external_data=False)."
        )
    if len(tensor.dims) > MAX_RANK or any(d < 0 for d in tensor.dims):
        raise ModelMalformed(f"Tensor {name!r} has an impossible shape {list(tensor.dims)[:8]}.")
    elements = math.prod(tensor.dims)
    if elements > MAX_TENSOR_ELEMENTS:
        raise ModelUnsafe(f"Tensor {name!r} declares {elements:,} elements; {MAX_TENSOR_ELEMENTS:,} are allowed.")
    if tensor.data_type == TensorProto.STRING:
        held = len(tensor.string_data)
        if held != elements:
            raise ModelMalformed(f"Tensor {name!r} declares {elements} strings but holds {held}.")
        return sum(map(len, tensor.string_data))
    if tensor.data_type not in _TYPES:
        return len(tensor.raw_data)  # refused by name when a node uses it
    size = np.dtype(_TYPES[tensor.data_type][0]).itemsize
    if tensor.HasField("raw_data"):
        if len(tensor.raw_data) != elements * size:
            raise ModelMalformed(
                f"Tensor {name!r} declares {elements:,} elements of {size} bytes "
                f"but holds {len(tensor.raw_data):,} bytes."
            )
    else:
        held = len(_typed_field(tensor))
        if held != elements:
            raise ModelMalformed(f"Tensor {name!r} declares {elements:,} elements but holds {held:,}.")
    return int(elements * size)


def _typed_field(tensor: TensorProto) -> Any:
    match tensor.data_type:
        case TensorProto.FLOAT:
            return tensor.float_data
        case TensorProto.DOUBLE:
            return tensor.double_data
        case TensorProto.INT64:
            return tensor.int64_data
        case TensorProto.UINT32 | TensorProto.UINT64:
            return tensor.uint64_data
        case _:
            return tensor.int32_data


def to_numpy(tensor: TensorProto) -> np.ndarray[Any, Any]:
    """The tensor's values, in the type that the translation computes in. The tensor has passed `check_tensor`."""
    computed_type(tensor.data_type, f"Tensor {tensor.name!r}")
    wire, computed = _TYPES[tensor.data_type]
    if tensor.HasField("raw_data"):
        values = np.frombuffer(tensor.raw_data, dtype=np.dtype(wire).newbyteorder("<"))
    elif tensor.data_type in (TensorProto.FLOAT16, TensorProto.BFLOAT16):
        values = np.array(tensor.int32_data, dtype=np.int64).astype(np.uint16).view(wire)
    else:
        values = np.array(_typed_field(tensor)).astype(wire)
    return values.reshape(tuple(tensor.dims)).astype(computed)
