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
from workers.models.onnx.weights import LAYER_SLOTS

#: Running statistics: training writes into them, so that each node needs its own.
_STATISTICS = {"BatchNormalization": (3, 4)}
_SLOT_NAMES = {1: "weight", 2: "bias", 3: "running_mean", 4: "running_var"}
_LARGE = 2**16


def unshared(graph: Graph) -> Graph:
    """The graph with a constant of its own for every further use of a uniform one, and for each running statistic."""
    constants = dict(graph.constants)
    uniform = {name for name, array in constants.items() if _uniform(array)}
    aliases = {name: base for name, base in graph.aliases.items() if base not in uniform}
    for name in graph.aliases.keys() - aliases.keys():
        constants[name] = constants[graph.aliases[name]].copy()
        uniform.add(name)
    taken: set[str] = set()
    nodes = []
    for node in graph.nodes:
        inputs = list(node.inputs)
        for slot, name in enumerate(node.inputs):
            base = aliases.get(name, name)
            if base not in constants:
                continue
            statistic = slot in _STATISTICS.get(node.op, ())
            layer = slot in LAYER_SLOTS.get(node.op, ())
            apart = statistic or (base in uniform and (layer or constants[base].size <= _LARGE))
            if apart and base in taken:
                inputs[slot] = _own(constants, node, slot)
                constants[inputs[slot]] = constants[base].copy()
            taken.add(base)
        nodes.append(replace(node, inputs=tuple(inputs)) if inputs != list(node.inputs) else node)
    return replace(graph, nodes=tuple(nodes), constants=constants, aliases=aliases)


def _uniform(array: Host) -> bool:
    return bool(array.dtype == np.float32 and array.size > 1 and array.min() == array.max())


def _own(constants: dict[str, Any], node: Node, slot: int) -> str:
    """A name that is not taken, after the node and the slot."""
    wanted = f"{node.name or node.outputs[0]}.{_SLOT_NAMES.get(slot, str(slot))}"
    return next(n for i in count(1) if (n := wanted if i == 1 else f"{wanted}_{i}") not in constants)
