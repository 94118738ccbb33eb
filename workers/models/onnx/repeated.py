"""Rows that a file with a fixed batch repeats for each image, such as a class token: one of them serves every batch."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from workers.models.onnx.call import Batch
from workers.models.onnx.graph import Graph, Node
from workers.models.onnx.resolve import operator_of


def repeated_constants(graph: Graph, fixed: int | None) -> dict[str, frozenset[int]]:
    """Constants that hold the same `fixed` times along an axis, and along which; none for a batch of 1."""
    if fixed is None or fixed < 2:
        return {}
    found = {
        name: frozenset(
            axis
            for axis, size in enumerate(array.shape)
            if size == fixed and bool((array == array.take([0], axis)).all())
        )
        for name, array in graph.constants.items()
        if array.ndim > 1
    }
    return {name: axes for name, axes in found.items() if axes}


def one_row(
    node: Node, inputs: list[Any], batch: Batch, repeated: dict[str, frozenset[int]], aliases: dict[str, str]
) -> list[Any]:
    """The inputs of a node, with what is repeated for each image of the file's own batch as one row."""
    if not batch.freed or batch.fixed == 1 or not operator_of(node).beside_images:
        return inputs
    free = {
        (value.ndim, axis)
        for value in inputs
        if isinstance(value, Tensor)
        for axis, size in enumerate(value.shape)
        if isinstance(size, torch.SymInt)
    }
    rank = max((ndim for ndim, _ in free), default=0)
    if node.op == "Concat" and rank:
        free -= {(rank, node.attributes.get("axis", 0) % rank)}
    elif node.op == "MatMul":  # the last two axes are those of the product
        free = {(ndim, axis) for ndim, axis in free if axis < ndim - 2}
    elif node.op == "ScatterND":  # those that are not indexed, where x and what is written share them
        depth = inputs[1].shape[-1]
        free = {(ndim, axis) for ndim, axis in free if axis >= depth == inputs[1].ndim - 1}

    def row(name: str, value: Any) -> Any:
        if not isinstance(value, (Tensor, np.ndarray)) or any(isinstance(size, torch.SymInt) for size in value.shape):
            return value
        for axis, size in enumerate(value.shape):
            known = axis in repeated.get(aliases.get(name, name), ())
            if (value.ndim, axis) in free and size == batch.fixed and (known or _same(value, axis)):
                value = value[(slice(None),) * axis + (slice(1),)]
        return value

    return [row(name, value) for name, value in zip(node.inputs, inputs, strict=True)]


def _same(value: Any, axis: int) -> bool:
    """Whether a value is seen to be the same all along an axis."""
    if isinstance(value, Tensor):
        return value.stride(axis) == 0
    return value.dtype != object and bool((value == value.take([0], axis)).all())
