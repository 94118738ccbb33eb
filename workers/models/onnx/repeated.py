"""Rows that a file with a fixed batch repeats for each image, such as a class token: one of them serves every batch."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from workers.models.onnx.call import Batch
from workers.models.onnx.graph import Graph, Node
from workers.models.onnx.resolve import operator_of


def repeated_constants(graph: Graph, fixed: int | None) -> frozenset[str]:
    """Names of the constants that hold the same row `fixed` times; none for a batch of 1, which has one row."""
    if fixed is None or fixed < 2:
        return frozenset()
    return frozenset(
        name
        for name, array in graph.constants.items()
        if array.ndim > 1 and array.shape[0] == fixed and bool(np.all(array == array[:1]))
    )


def one_row(node: Node, inputs: list[Any], batch: Batch, names: frozenset[str], aliases: dict[str, str]) -> list[Any]:
    """The inputs of a node, with what is repeated for each image of the file's own batch as one row."""
    if not batch.freed or batch.fixed == 1 or not operator_of(node).beside_images:
        return inputs
    ranks = {v.ndim for v in inputs if isinstance(v, Tensor) and v.ndim and isinstance(v.shape[0], torch.SymInt)}
    if not ranks or (node.op == "Concat" and node.attributes.get("axis", 0) % max(ranks) == 0):
        return inputs

    def row(name: str, value: Any) -> Any:
        if not isinstance(value, (Tensor, np.ndarray)) or value.ndim not in ranks:
            return value
        if isinstance(value.shape[0], torch.SymInt) or value.shape[0] != batch.fixed:
            return value
        same = aliases.get(name, name) in names or (isinstance(value, Tensor) and value.stride(0) == 0)
        return value[:1] if same else value

    return [row(name, value) for name, value in zip(node.inputs, inputs, strict=True)]
