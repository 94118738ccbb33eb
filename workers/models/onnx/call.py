"""What a converter is handed beside its inputs: the node's attributes, conversions, and how to say no."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from openapi.problems import UnsupportedOperator
from workers.models.onnx.graph import Graph, Node
from workers.models.onnx.limits import MAX_HOST_ELEMENTS
from workers.models.onnx.registry import Host, Value
from workers.models.onnx.tensors import torch_type


class Batch:
    """How the batch dimension of a file that fixes it is freed.

    `fixed` is the batch size that the file was exported for, None where the file leaves it free.
    """

    def __init__(self, fixed: int | None) -> None:
        self.fixed = fixed
        self.size: int | torch.SymInt = fixed or 1

    @property
    def freed(self) -> bool:
        """Whether sizes of the file have to be translated to the running batch size."""
        return self.fixed is not None and isinstance(self.size, torch.SymInt)

    def original(self, size: int | torch.SymInt) -> int:
        """What a dimension measures at the file's own batch size."""
        if not isinstance(size, torch.SymInt):
            return int(size)
        assert self.fixed is not None
        return int(size.node.hint) * self.fixed // _hint(self.size)

    def running(self, size: int) -> int | torch.SymInt | None:
        """What a dimension that carries the batch measures at the running batch size; None where it cannot carry it."""
        assert self.fixed is not None
        if size % self.fixed:
            return None
        factor = size // self.fixed
        return self.size if factor == 1 else factor * self.size


class Call:
    """One execution of one node."""

    def __init__(
        self,
        node: Node,
        batch: Batch,
        constant: Callable[[Host], Tensor | None],
        run: Callable[[Graph], list[Value]],
        device: torch.device,
    ) -> None:
        self.node = node
        self.batch = batch
        self.version = node.version
        self.device = device
        self.read: set[str] = set()
        #: Elements ahead of the batch's factor inside the dimension that carries it (in a file with a fixed batch).
        self.lead = 1
        #: Positions of inputs that are constants with the same row for each image of the file's batch.
        self.alike: frozenset[int] = frozenset()
        self._constant = constant
        self._run = run

    def attr(self, name: str, default: Any = None) -> Any:
        """An attribute's value, or the default."""
        self.read.add(name)
        return self.node.attributes.get(name, default)

    def run_branch(self, name: str) -> list[Value]:
        """Execute the graph in an attribute (a branch of If) and return its outputs."""
        return self._run(self.node.attributes[name])

    def refuse(self, why: str) -> UnsupportedOperator:
        """The error that names this node, to be raised."""
        return UnsupportedOperator(
            f"{self.node.where}: {why}", operator=self.node.op, version=self.node.version, node=self.node.name
        )

    def tensor(self, value: Value) -> Tensor:
        """The value as a tensor; a constant of the file is its parameter or buffer."""
        if isinstance(value, Tensor):
            return value
        if isinstance(value, list):
            raise self.refuse("got a sequence where it needs a tensor")
        known = self._constant(value)
        if known is not None:
            return known
        if value.dtype == object:
            kind = torch.float32 if any(isinstance(v, (float, torch.SymFloat)) for v in value.flat) else torch.int64
            items = [torch.full((), v, dtype=kind, device=self.device) for v in value.flat]
            return torch.stack(items).reshape(value.shape) if items else torch.empty(value.shape, dtype=kind)
        widened = torch_type(value)
        if widened.dtype == np.float64:
            widened = widened.astype(np.float32)
        if value.size == 1:
            # `full` is an operator of its own on any device; a literal tensor would become a further constant.
            kind = torch.from_numpy(widened.reshape(1)).dtype
            return torch.full(value.shape, widened.item(), dtype=kind, device=self.device)
        return torch.tensor(widened, device=self.device)

    def host(self, value: Value, what: str) -> Host:
        """The value as a constant; refused when it depends on the image."""
        if not isinstance(value, np.ndarray):
            raise self.refuse(f"its {what} depends on the image's content; only constants are supported")
        return value

    def guard(self, shape: Sequence[Any]) -> None:
        """Refuse a constant of more than `MAX_HOST_ELEMENTS` before it is made."""
        size = math.prod(int(s) for s in shape if not isinstance(s, torch.SymInt))
        if size > MAX_HOST_ELEMENTS or any(not isinstance(s, torch.SymInt) and s < 0 for s in shape):
            raise self.refuse(
                f"it makes a constant of shape {list(map(str, shape))}; {MAX_HOST_ELEMENTS:,} items are allowed"
            )


def ints(host: Host) -> list[Any]:
    """A constant's items as Python integers (or symbolic ones), flat."""
    return [v if isinstance(v, torch.SymInt) else int(v) for v in host.flat]


def host(items: Sequence[Any]) -> Host:
    """Integers, some perhaps symbolic, as a constant of rank 1."""
    if any(isinstance(v, torch.SymInt) for v in items):
        array = np.empty(len(items), dtype=object)
        array[:] = list(items)
        return array
    return np.array([int(v) for v in items], dtype=np.int64)


def symbolic(array: Host) -> bool:
    """Whether a constant holds the batch size."""
    return bool(array.dtype == object)


def _hint(size: int | torch.SymInt) -> int:
    return int(size.node.hint) if isinstance(size, torch.SymInt) else int(size)
