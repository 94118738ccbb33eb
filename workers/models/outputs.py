"""Where a graph's logits are: the (n, classes) tensor among its outputs, read before a closing Softmax."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import fx

from openapi.problems import NotAClassifier
from workers.models.graphs import aten, op_name

_SOFTMAX = {"softmax", "_softmax", "log_softmax", "_log_softmax", "special_softmax", "special_log_softmax"}
_PASS = {"clone", "contiguous", "alias", "detach", "to", "_to_copy"}


@dataclass(frozen=True)
class Logits:
    """The node that holds the logits, the number of classes, and what to tell the user about the choice."""

    node: fx.Node
    num_classes: int
    warnings: tuple[str, ...] = ()
    before_softmax: bool = False


def _leaves(output: Any, path: str = "") -> Iterator[tuple[str, fx.Node]]:
    if isinstance(output, fx.Node):
        yield path, output
    elif isinstance(output, Mapping):
        for key in sorted(output, key=lambda k: k != "logits"):
            yield from _leaves(output[key], f"{path}[{key!r}]")
    elif isinstance(output, (tuple, list)):
        for i, item in enumerate(output):
            yield from _leaves(item, f"{path}[{i}]")
    elif hasattr(output, "__dict__"):
        yield from _leaves(vars(output), path)


def _shape(node: fx.Node) -> list[Any]:
    return list(getattr(node.meta.get("val"), "shape", ()))


def _classes(node: fx.Node) -> int | None:
    shape = _shape(node)
    trailing_ones = all(isinstance(s, int) and s == 1 for s in shape[2:])
    if len(shape) >= 2 and not isinstance(shape[0], int) and isinstance(shape[1], int) and trailing_ones:
        return shape[1]
    return None


def _before_softmax(node: fx.Node) -> fx.Node | None:
    """Return the logits under a Softmax or LogSoftmax over the classes, or None."""
    while op_name(node) in _PASS and isinstance(node.args[0], fx.Node):
        node = node.args[0]
    name = op_name(node)
    if name == "log" and isinstance(node.args[0], fx.Node) and op_name(node.args[0]) in _SOFTMAX:
        node = node.args[0]
        name = op_name(node)
    if name not in _SOFTMAX or not isinstance(node.args[0], fx.Node):
        return None
    axis = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
    rank = len(_shape(node))
    return node.args[0] if axis in (1, 1 - rank) else None


def find_logits(graph: fx.Graph, output: Any) -> Logits:
    """Choose the logits among a graph's outputs and make them the only output.

    The first output of shape (n, k), k ≥ 2, counts, a dict's `logits` before its other keys; (n, k, 1, 1) is flattened.
    Raises `NotAClassifier` with the shapes found when none is.
    """
    leaves = list(_leaves(output))
    found = [(path, node, k) for path, node in leaves if (k := _classes(node)) is not None and k >= 2]
    if not found:
        shapes = [["n", *map(str, _shape(node)[1:])] for _, node in leaves]
        raise NotAClassifier(
            f"a classifier returns logits of shape (n, classes) with at least 2 classes; this file returns {shapes}"
        )
    path, node, classes = found[0]
    warnings: list[str] = []
    if len(leaves) > 1 or path:
        warnings.append(f"the output is a structure with {len(leaves)} tensors; output{path} is read as the logits")
    inner = _before_softmax(node)
    if inner is not None:
        warnings.append("the file ends in Softmax; logits are read before it, so that gradients do not vanish")
        node = inner
    out_node = graph.output_node()
    if len(_shape(node)) > 2:
        with graph.inserting_before(out_node):
            flat = graph.call_function(aten.flatten.using_ints, (node, 1))
        flat.meta["val"] = node.meta["val"].flatten(1)
        warnings.append(f"the output has {len(_shape(node))} dimensions; it is flattened to (n, {classes})")
        node = flat
    out_node.args = (node,)
    graph.eliminate_dead_code()
    return Logits(node, classes, tuple(warnings), inner is not None)
