"""Where a graph's logits are: the score of classes among its outputs, read before a closing Softmax or the like."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import fx

from openapi.problems import ModelRejected, NotAClassifier
from workers.models.choice import Wanted, choose, spoken
from workers.models.graphs import aten, call, op_name
from workers.models.heads import NAMES, Head, Peeled, peel
from workers.models.order import shape_of
from workers.models.tail import FileTail, tail_of

#: How the warning begins that says which of several outputs was chosen.
STRUCTURE = "the output is a structure"
#: Words in an output's name that speak for it, or against it.
_FOR = ("logit", "prob", "score", "class", "pred", "softmax", "label", "output")
_AGAINST = ("aux", "feature", "embed", "hidden", "attn", "attention", "loss", "activation")
#: Keys and positions in the structure that a file returns.
Path = tuple[Any, ...]
#: Outputs beyond which it is not asked which feeds which.
_MANY = 16
_LAYERS = ("conv", "linear", "addmm", "mm", "matmul")


@dataclass(frozen=True)
class FileOutput:
    """What the file itself returns of its logits.

    `head`: what it puts on top of them; `single`: it returns one number, the logit of the second class; `path`: the
    keys and positions of the output that was chosen; `tail`: from the logits to what it holds.
    """

    num_classes: int
    head: Head = ""
    single: bool = False
    path: Path = ()
    tail: FileTail | None = None


@dataclass(frozen=True)
class Logits:
    """The node that holds the logits, what the file makes of them, and what to tell the user about the choice."""

    node: fx.Node
    output: FileOutput
    warnings: tuple[str, ...] = ()


def _leaves(output: Any, path: Path = ()) -> Iterator[tuple[Path, fx.Node]]:
    if isinstance(output, fx.Node):
        yield path, output
    elif isinstance(output, Mapping):
        for key in output:
            yield from _leaves(output[key], (*path, key))
    elif isinstance(output, (tuple, list)):
        for i, item in enumerate(output):
            yield from _leaves(item, (*path, i))
    elif hasattr(output, "__dict__"):
        yield from _leaves(vars(output), path)


def _rank(path: Path, node: fx.Node) -> int:
    """How well a name speaks for an output, or where it has none, that of its last layer; the lower the better."""
    name = " ".join(map(str, path)).lower() if any(isinstance(key, str) for key in path) else _layer_of(node).lower()
    if any(word in name for word in _AGAINST) or "emb" in re.split(r"[^a-z]+", name):
        return 3
    return 0 if "logits" in name else 1 if any(word in name for word in _FOR) else 2


def _layer_of(node: fx.Node) -> str:
    """The module of the weight that the last layer before a node reads; '' where there is no such layer."""
    while node.op == "call_function" and node.all_input_nodes:
        weights = [str(arg.target) for arg in node.all_input_nodes if arg.op == "get_attr"]
        if op_name(node).startswith(_LAYERS):
            return weights[0].rpartition(".")[0] if weights else ""
        node = node.all_input_nodes[0]
    return ""


def _feeds_a_layer_of(first: fx.Node, second: fx.Node) -> bool:
    """Whether `second` is computed from `first` through a layer: `first` holds features then."""
    reached = {first: False}
    for node in first.graph.nodes:
        sources = [source for source in node.all_input_nodes if source in reached]
        if sources and node is not first:
            reached[node] = op_name(node).startswith(_LAYERS) or any(reached[source] for source in sources)
    return reached.get(second, False)


def _choose(found: list[tuple[Path, Peeled]]) -> tuple[Path, Peeled]:
    """Two classes or more before one number, scores before labels, what is computed last, the best name, the first."""

    def order(item: tuple[Path, Peeled]) -> tuple[bool, bool, int]:
        return item[1].classes < 2, item[1].head in ("label", "top"), _rank(item[0], item[1].node)

    if len(found) > _MANY:
        return min(found, key=order)
    features = {
        a.node for _, a in found for _, b in found if a.node is not b.node and _feeds_a_layer_of(a.node, b.node)
    }
    kept = [(path, p) for path, p in found if p.node not in features] or found
    return min(kept, key=order)


def find_logits(graph: fx.Graph, output: Any, wanted: Wanted = None) -> Logits:
    """Choose the logits among a graph's outputs and make them, as (n, classes), the only output.

    A tensor (n, k), k ≥ 2, counts (dimensions of length 1 beside k are dropped), else one of (n,) or (n, 1), which is
    read as the logit z of the second of two classes: logits (0, z). Softmax, LogSoftmax, Sigmoid, ArgMax and TopK are
    taken off. `wanted` chooses among the outputs. Raises `NotAClassifier` with the shapes found when there is none.
    """
    leaves = list(_leaves(output))
    if wanted is not None:
        leaves = [choose([(where, (where, node)) for where, node in leaves], wanted)]
    found = [(path, peeled) for path, node in leaves if (peeled := peel(node)) is not None]
    if not found:
        raise _no_scores([shape_of(node) for _, node in leaves])
    path, peeled = _choose(found)
    warnings: list[str] = []
    if len(leaves) > 1:
        shown = "".join(f"[{key!r}]" for key in path)
        warnings.append(
            f"{STRUCTURE} with {len(leaves)} tensors; output{shown} is read as the logits; "
            f"`output` in the metadata chooses another: {_listed(found)}"
        )
    if peeled.head:
        warnings.append(
            f"the file ends in {NAMES[peeled.head]}; logits are read before it, so that gradients do not vanish"
        )
    leaf = next(node for where, node in leaves if where == path)
    tail = tail_of(leaf, peeled)
    single = peeled.classes == 1
    node = _two_classes(graph, peeled.node, warnings) if single else _flattened(graph, peeled, warnings)
    graph.output_node().args = (node,)
    graph.eliminate_dead_code()
    return Logits(node, FileOutput(max(peeled.classes, 2), peeled.head, single, path, tail), tuple(warnings))


def _no_scores(shapes: list[list[Any]]) -> ModelRejected:
    """Why none of the outputs of these shapes holds scores of classes."""
    fixed = next((shape for shape in shapes if len(shape) == 2 and isinstance(shape[0], int)), None)
    if fixed is not None:
        return ModelRejected(
            f"the file returns an output of shape {list(fixed)} whatever the number of images: its batch size is fixed "
            "inside it, by a table or a reshape that was written for that many. Export it with a free batch size "
            '(dynamic_axes={"input": {0: "n"}} or dynamo=True with dynamic_shapes in torch.onnx.export), or as '
            "TorchScript or .pt2"
        )
    shown = [["n", *map(str, shape[1:])] if shape else [] for shape in shapes]
    return NotAClassifier(
        "a classifier returns logits of shape (n, classes) with at least 2 classes, or one logit (n, 1); "
        f"this file returns {shown}"
    )


def _listed(found: list[tuple[Path, Peeled]]) -> str:
    """The outputs that hold scores of classes, by the names that choose them."""
    shown = [f"{spoken(path)} ({peeled.classes} classes)" for path, peeled in found[:_MANY]]
    return ", ".join(shown) + (", …" if len(found) > _MANY else "")


def _flattened(graph: fx.Graph, peeled: Peeled, warnings: list[str]) -> fx.Node:
    node = peeled.node
    if len(shape_of(node)) == 2:
        return node
    if len(shape_of(node)) == 1:
        warnings.append("the file returns a vector for one image; it is read as (n, classes)")
        return call(graph, aten.view.default, node, [-1, peeled.classes])
    warnings.append(f"the output has {len(shape_of(node))} dimensions; it is flattened to (n, {peeled.classes})")
    return call(graph, aten.flatten.using_ints, node, 1)


def _two_classes(graph: fx.Graph, node: fx.Node, warnings: list[str]) -> fx.Node:
    """z of shape (n,), (n, 1) … → logits (0, z)."""
    rank = len(shape_of(node))
    if rank == 1:
        node = call(graph, aten.unsqueeze.default, node, 1)
    elif rank > 2:
        node = call(graph, aten.flatten.using_ints, node, 1)
    zero = call(graph, aten.zeros_like.default, node)
    warnings.append(
        "the file returns one number an image; it is read as the logit of class 1 against class 0, whose logit is 0"
    )
    return call(graph, aten.cat.default, [zero, node], 1)
