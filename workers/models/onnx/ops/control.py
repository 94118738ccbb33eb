# ruff: noqa: D103 - the ONNX specification documents each operator
"""Control flow that translation can decide, sequences, and what is refused with a reason."""

from typing import Any

import numpy as np
import torch

from workers.models.onnx.call import Call, ints
from workers.models.onnx.registry import Host, Value, operator


@operator(
    "If",
    since=1,
    note="the condition must be a constant",
    settings=(0,),
    view=True,
    idle=("then_branch", "else_branch"),
)
def if_(call: Call, condition: Value) -> tuple[Value, ...]:
    if not isinstance(condition, np.ndarray):
        raise call.refuse("its condition depends on the image; only a constant condition can be translated")
    return tuple(call.run_branch("then_branch" if bool(condition.reshape(-1)[0]) else "else_branch"))


@operator("SequenceConstruct", since=11)
def sequence_construct(call: Call, *values: Value) -> list[Any]:
    return list(values)


@operator("SequenceAt", since=11)
def sequence_at(call: Call, sequence: Value, position: Host) -> Value:
    if not isinstance(sequence, list):
        raise call.refuse("its input is not a sequence")
    value: Value = sequence[ints(position)[0]]
    return value


@operator("SequenceLength", since=11)
def sequence_length(call: Call, sequence: Value) -> Host:
    return np.array(len(sequence), dtype=np.int64)


@operator("SplitToSequence", since=11, note="equal parts or constant sizes")
def split_to_sequence(call: Call, x: Value, sizes: Host | None = None) -> list[Any]:
    tensor = call.tensor(x)
    axis = call.attr("axis", 0)
    if sizes is None:
        parts = list(torch.split(tensor, 1, axis))
        return parts if call.attr("keepdims", 1) else [p.squeeze(axis) for p in parts]
    return list(torch.split(tensor, ints(sizes) if sizes.ndim else ints(sizes)[0], axis))


@operator("ConcatFromSequence", since=11)
def concat_from_sequence(call: Call, sequence: Value) -> Value:
    if not isinstance(sequence, list):
        raise call.refuse("its input is not a sequence")
    axis = call.attr("axis")
    values = [call.tensor(v) for v in sequence]
    return torch.stack(values, axis) if call.attr("new_axis", 0) else torch.cat(values, axis)
