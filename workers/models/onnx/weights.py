"""Which constants of the file are weights (trainable parameters), and under what name torch knows them.

A floating constant is a weight unless its place says otherwise: running statistics of a normalisation, limits, scales,
sizes (`settings` of its operator); constants that normalise the input ahead of the first layer; single numbers outside
a layer; attention masks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from torch import nn

from workers.models.file_tensors import TAKEN
from workers.models.onnx.graph import Graph, Node, reads
from workers.models.onnx.registry import Host
from workers.models.onnx.resolve import operator_of

#: Names that every module has for itself, and those of the modules that hold a whole graph.
_OF_MODULES = frozenset(dir(nn.Module()))
_OF_THE_WHOLE = TAKEN | {"onnx", "fixed_batch", "operators", "paths", "read", "repeated", "weights", "evaluate"}
#: What becomes of a value: it ends in a slot for weights (True) or in another place that is no setting (False), and
#: whether arithmetic on constants lies between.
Ends = set[tuple[bool, bool]]


def trainable_constants(graph: Graph) -> set[str]:
    """Names of the constants that training may change."""
    ends = _ends(graph)
    chosen = set()
    for name, array in graph.constants.items():
        if array.dtype != np.float32 or array.size == 0:
            continue
        found = ends.get(name, set())
        if array.size == 1:  # a single number is a weight in a layer's own slot alone
            taken = (True, False) in found
        else:
            taken = any(layer for layer, _ in found) or (bool(found) and not _is_mask(array))
        if taken:
            chosen.add(name)
    return chosen


def _ends(graph: Graph) -> dict[str, Ends]:
    """Where each value ends, followed through operators on constants (a transposed, scaled or sliced weight)."""
    varying = {port.name for port in graph.inputs}
    behind_layer: set[str] = set()
    nodes = list(_flat(graph.nodes))
    aliases = dict(graph.aliases)
    for body in _bodies(graph.nodes):
        aliases |= body.aliases
    operators = [operator_of(node) for node in nodes]
    for node, operator in zip(nodes, operators, strict=True):
        if not varying.isdisjoint(reads(node)):
            varying.update(node.outputs)
        if operator.layer or any(n in behind_layer for n in node.inputs):
            behind_layer.update(node.outputs)
    ends: dict[str, Ends] = defaultdict(set)
    for node, operator in zip(reversed(nodes), reversed(operators), strict=True):
        constant = varying.isdisjoint(node.outputs)
        below = {end for output in node.outputs for end in ends.get(output, ())} if constant else set()
        for slot, name in enumerate(node.inputs):
            name = aliases.get(name, name)
            if slot in operator.weights:
                ends[name].add((True, False))
            elif slot in operator.settings:
                continue
            elif constant:
                ends[name] |= below if operator.view else {(layer, True) for layer, _ in below}
            elif not operator.elementwise or any(n in behind_layer for n in node.inputs):
                ends[name].add((False, False))
    return ends


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """The nodes, those of branches ahead of the node that chooses, which then reads what its branches return."""
    for node in nodes:
        bodies = [value for value in node.attributes.values() if isinstance(value, Graph)]
        for body in bodies:
            yield from _flat(body.nodes)
        returned = (port.name for body in bodies for port in body.outputs)
        yield replace(node, inputs=(*node.inputs, *returned)) if bodies else node


def _bodies(nodes: Iterable[Node]) -> Iterator[Graph]:
    for value in (value for node in nodes for value in node.attributes.values()):
        if isinstance(value, Graph):
            yield value
            yield from _bodies(value.nodes)


def _is_mask(array: Host) -> bool:
    """True for additive attention masks: every item is 0 or one very negative number."""
    low = array.min()
    return bool(low <= -10 and np.all((array == 0) | (array == low)))


def attribute_paths(names: Iterable[str]) -> dict[str, str]:
    """File name → dotted path that torch accepts; equal input gives equal output, no two paths clash.

    Characters other than letters, digits, ``_`` and ``.`` become ``_``; dots make sub-modules; where one name is a
    prefix of another (``a`` and ``a.b``) the longer one's dots become ``_``; equal results get ``_2``, ``_3``…
    """
    names = list(names)
    plain = {n: _plain(n) for n in names}
    leaves = set(plain.values())
    modules = {parent for path in leaves for parent in _parents(path)}
    taken: set[str] = set()
    result = {}
    for name in names:
        path = plain[name]
        if path in taken or path in modules or _parents(path) & leaves:
            base = path.replace(".", "_") + ("_" if path in modules else "")
            path, k = base, 1
            while path in taken or path in modules or path in leaves:
                k += 1
                path = f"{base}_{k}"
        taken.add(path)
        result[name] = path
    return result


def _parents(path: str) -> set[str]:
    return {path.rsplit(".", k)[0] for k in range(1, path.count(".") + 1)}


def _plain(name: str) -> str:
    parts = [part for part in (re.sub(r"[^A-Za-z0-9_]", "_", part) for part in name.split(".")) if part]
    parts = [f"{p}_" if p in (_OF_MODULES if i else _OF_THE_WHOLE) else p for i, p in enumerate(parts)]
    return ".".join(parts) or "constant"
