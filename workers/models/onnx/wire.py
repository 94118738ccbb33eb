"""Counts the protobuf messages of a model file before protobuf parses it.

A parsed message takes a hundred times the memory of an empty one on the wire (2 bytes), so the count comes first.
The walk follows only the fields that hold messages, on a memory-mapped file, and stops at the first excess.
"""

from collections.abc import Iterator

from openapi.problems import ModelMalformed, ModelUnsafe
from workers.models.onnx.limits import MAX_DEPTH, MAX_MESSAGES

#: Message type → {field number: type of the message it holds} (onnx.proto; the numbers never change).
_FIELDS: dict[str, dict[int, str]] = {
    "Model": {7: "Graph", 8: "Opset", 14: "Entry", 20: "Training", 25: "Function", 26: "Leaf"},
    "Training": {1: "Graph", 2: "Graph", 3: "Entry", 4: "Entry"},
    "Function": {7: "Node", 9: "Opset", 11: "Attribute", 12: "ValueInfo", 14: "Entry"},
    "Graph": {
        1: "Node",
        5: "Tensor",
        11: "ValueInfo",
        12: "ValueInfo",
        13: "ValueInfo",
        14: "Annotation",
        15: "Sparse",
        16: "Entry",
    },
    "Node": {5: "Attribute", 9: "Entry", 10: "Leaf"},
    "Attribute": {
        5: "Tensor",
        6: "Graph",
        10: "Tensor",
        11: "Graph",
        14: "Type",
        15: "Type",
        22: "Sparse",
        23: "Sparse",
    },
    "Tensor": {3: "Leaf", 13: "Entry", 16: "Entry"},
    "Sparse": {1: "Tensor", 2: "Tensor"},
    "ValueInfo": {2: "Type", 4: "Entry"},
    "Type": {1: "TypeTensor", 4: "TypeOf", 5: "Map", 7: "Leaf", 8: "TypeTensor", 9: "TypeOf"},
    "TypeTensor": {2: "Shape"},
    "TypeOf": {1: "Type"},
    "Map": {2: "Type"},
    "Shape": {1: "Leaf"},
    "Annotation": {2: "Entry"},
}


def check_messages(data: memoryview | bytes) -> int:
    """Count the messages of a serialised `ModelProto`.

    Raises `ModelUnsafe` above `MAX_MESSAGES` or `MAX_DEPTH`, `ModelMalformed` when the bytes are not protobuf.
    """
    count = 0
    stack = [("Model", 0, len(data), 0)]
    while stack:
        kind, start, end, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise ModelUnsafe(f"The ONNX file nests messages more than {MAX_DEPTH} deep; no classifier needs that.")
        for field, at, size in _length_delimited(data, start, end):
            child = _FIELDS.get(kind, {}).get(field)
            count += 1
            if count > MAX_MESSAGES:
                raise ModelUnsafe(
                    f"The ONNX file holds more than {MAX_MESSAGES:,} protobuf fields; no classifier needs that."
                )
            if child is not None and child in _FIELDS:
                stack.append((child, at, at + size, depth + 1))
    return count


def _length_delimited(data: memoryview | bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (field number, start, size) of every length-delimited field in ``data[at:end]``."""
    while at < end:
        key, at = _varint(data, at, end)
        field, wire = key >> 3, key & 7
        if wire == 0:
            _, at = _varint(data, at, end)
        elif wire == 1:
            at += 8
        elif wire == 5:
            at += 4
        elif wire == 2:
            size, at = _varint(data, at, end)
            if at + size > end:
                raise ModelMalformed("The ONNX file is truncated or damaged: a field reaches beyond its message.")
            yield field, at, size
            at += size
        else:
            raise ModelMalformed("The file is not an ONNX model: its bytes are not a protobuf message.")
    if at > end:
        raise ModelMalformed("The ONNX file is truncated or damaged: a field reaches beyond its message.")


def _varint(data: memoryview | bytes, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ModelMalformed("The ONNX file is truncated or damaged: a number does not end.")
