"""Gives each place its own tensor where an exporter merged equal ones.

Exporters store tensors of equal content once. In a network whose norms are as they were initialised, all scales (ones)
and running variances (ones) become one initialiser, behind Identity or not; training must not tie what was never tied.
What holds different numbers and is shared all the same is taken for a tied weight, and stays one parameter.
"""

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np

from workers.models.onnx.graph import Graph, Node
from workers.models.onnx.registry import Host
from workers.models.onnx.resolve import operator_of

_SLOT_NAMES = {1: "weight", 2: "bias", 3: "running_mean", 4: "running_var"}
#: Numbers that may be copied, 256 MiB of them.
_BUDGET = 2**26


def unshared(graph: Graph) -> Graph:
    """The graph with a constant of its own for every further use of a uniform one, and for each running statistic.

    Once `_BUDGET` numbers have been copied, what is left stays shared: a file may name one tensor thousands of times.
    """
    constants = dict(graph.constants)
    uniform = {name for name, array in constants.items() if _uniform(array)}
    aliases = dict(graph.aliases)
    left = _BUDGET
    for name, base in graph.aliases.items():
        if base in uniform and (left := left - constants[base].size) > 0:
            constants[name] = constants[base].copy()
            uniform.add(name)
            del aliases[name]
    taken: set[str] = set()
    nodes = []
    for node in graph.nodes:
        inputs = list(node.inputs)
        operator = operator_of(node)
        for slot, name in enumerate(node.inputs):
            base = aliases.get(name, name)
            if base not in constants:
                continue
            apart = slot in operator.statistics or (
                base in uniform and (slot in operator.weights or _vector(constants[base]))
            )
            if apart and base in taken and (left := left - constants[base].size) > 0:
                inputs[slot] = _own(constants, node, slot)
                constants[inputs[slot]] = constants[base].copy()
            taken.add(base)
        nodes.append(replace(node, inputs=tuple(inputs)) if inputs != list(node.inputs) else node)
    return replace(graph, nodes=tuple(nodes), constants=constants, aliases=aliases)


def _vector(array: Host) -> bool:
    """Whether a tensor may be a bias that an addition holds: one number a channel or unit."""
    return bool(array.size == max(array.shape, default=1))


def _uniform(array: Host) -> bool:
    return bool(array.dtype == np.float32 and array.size > 1 and array.min() == array.max())


def _own(constants: dict[str, Any], node: Node, slot: int) -> str:
    """A name that is not taken, after the node and the slot."""
    wanted = f"{node.name or node.outputs[0]}.{_SLOT_NAMES.get(slot, str(slot))}"
    return next(n for i in count(1) if (n := wanted if i == 1 else f"{wanted}_{i}") not in constants)
