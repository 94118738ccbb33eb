"""Gradients of mixed probabilities that do not follow the surest network alone (ours).

The logarithm of a mean of softmaxes never underflows, but where the networks are sure its gradient is that of the one
which is least sure of all that matter: an attack fools this one and then stands still, since p + q cannot tell which of
two certain networks is nearer to giving way. With the logits of each divided by a temperature at which it is no longer
certain, all of them pull. The numbers stay as they are; the gradient alone is the tempered mixture's.
"""

from typing import Any

from torch import Tensor, fx
from torch.nn import functional

from workers.models.graphs import aten, depends_on_input, op_name

#: Log-odds to which a surer network is brought: 3 to 10 leave the same samples on four kinds of mixtures.
_SURE = 4.0
_LOG_SOFTMAX = {"log_softmax", "_log_softmax", "special_log_softmax"}
#: What logarithms of mixtures are made of, see `log_scores`.
_MIXING = {
    "add", "sub", "neg", "mul", "div", "logaddexp", "logsumexp", "special_logsumexp", "stack", "cat", "amax", "amin",
    "maximum", "minimum", "sum", "mean", "view", "reshape", "_unsafe_view", "flatten", "unflatten", "squeeze",
    "unsqueeze", "permute", "transpose", "t", "clone", "contiguous", "alias", "select", "slice", "expand", "movedim",
    "swapaxes", "narrow", "roll", "index_select", "index", "flip", "split", "split_with_sizes", "chunk", "unbind",
    "getitem", "to", "_to_copy", "zeros_like",
}  # fmt: skip
_MOST_NODES = 200


def log_softmax(z: Tensor, dim: int) -> Tensor:
    """``log_softmax(z / T)``, T >= 1 constant and such that the leading class is ahead by at most 4."""
    if z.shape[dim] < 2:
        return z.log_softmax(dim)
    first, second = z.detach().topk(2, dim).values.split(1, dim)
    cooler: Tensor = z / ((first - second) / _SURE).clamp(min=1)
    return cooler.log_softmax(dim)


def log_sigmoid(z: Tensor) -> Tensor:
    """``log_sigmoid(z / T)``, T >= 1 constant for each row of the last dimension, so that no entry exceeds 4."""
    largest = z.detach().abs()
    largest = largest.amax(-1, keepdim=True) if z.ndim > 1 else largest
    return functional.logsigmoid(z / (largest / _SURE).clamp(min=1))


def temper(module: fx.GraphModule) -> bool:
    """Give a graph whose output is the logarithm of a mixture the gradient described above, in place.

    Returns False, and leaves the graph alone, where the output is anything else.
    """
    graph = module.graph
    output = graph.output_node().args[0]
    assert isinstance(output, fx.Node)
    mixing = _mixture(graph, output)
    if mixing is None:
        return False
    copies: dict[fx.Node, fx.Node] = {}
    with graph.inserting_before(graph.output_node()):
        for node in mixing:
            name = op_name(node)
            if name in _LOG_SOFTMAX:
                copies[node] = graph.call_function(log_softmax, (node.args[0], node.args[1]))
            elif name == "log_sigmoid":
                copies[node] = graph.call_function(log_sigmoid, (node.args[0],))
            else:
                copies[node] = graph.node_copy(node, lambda n: copies.get(n, n))
        tempered = copies[output]
        held = graph.call_function(aten.detach.default, (tempered,))
        nothing = graph.call_function(aten.sub.Tensor, (tempered, held))
        still = graph.call_function(aten.detach.default, (output,))
        graph.output_node().args = (graph.call_function(aten.add.Tensor, (still, nothing)),)
    return True


def _mixture(graph: fx.Graph, output: Any) -> list[fx.Node] | None:
    """The nodes from the logits of the mixed networks to the output, in order; None where it is no mixture."""
    moving, wanted, todo, leaves = depends_on_input(graph), set[fx.Node](), [output], 0
    while todo:
        node = todo.pop()
        if node in wanted or node not in moving:
            continue
        wanted.add(node)
        name = op_name(node)
        if name in _LOG_SOFTMAX or name == "log_sigmoid":
            leaves += 1
        elif name in _MIXING and len(wanted) <= _MOST_NODES:
            todo += node.all_input_nodes
        else:
            return None
    # one leaf that nothing sums over is a softmax like any other
    summed = any(op_name(node) in {"logsumexp", "special_logsumexp", "logaddexp"} for node in wanted)
    return [node for node in graph.nodes if node in wanted] if leaves > 1 or (leaves and summed) else None
