"""The last operators of a file, from the logits that attacks see to what the file itself returns of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, fx

from workers.models.graphs import fetch, op_name
from workers.models.heads import Peeled
from workers.models.order import shape_of

#: A tail is a softmax and what stands around it; a longer one is not worth cutting out.
_MOST_NODES = 200


@dataclass(frozen=True)
class FileTail:
    """``tail(scores)``: (n, k) logits → (n, k) what the file returns, (n, 1) where it returns a label or one number.

    shape: the sizes, but for the first, that the file's own node has; `odds`: the logits are the node's log-odds
    below this bound; 0: they are its logarithms; None: the node itself.
    """

    program: fx.GraphModule
    shape: tuple[int, ...]
    dtype: torch.dtype
    odds: float | None

    def __call__(self, scores: Tensor) -> Tensor:
        """See the class."""
        if self.odds is not None:
            scores = self.odds * scores.sigmoid() if self.odds else scores.exp()
        found: Tensor = self.program(scores.to(self.dtype).reshape(-1, *self.shape))
        return found.reshape(len(scores), -1)


def tail_of(leaf: fx.Node, peeled: Peeled) -> FileTail | None:
    """Cut the operators between the logits and the file's output out of a graph.

    None where they read something else that depends on the image, or are none at all, or the logits say too little.
    """
    start = peeled.start
    if (leaf is start and peeled.base is None) or peeled.guarded:
        return None
    nodes = _between(leaf, start)
    if nodes is None:
        return None
    module, graph = start.graph.owning_module, fx.Graph()
    assert module is not None
    copies = {start: graph.placeholder("scores")}
    held: dict[str, Tensor] = {}
    for node in nodes:
        if op_name(node) == "sym_size":
            copies[node] = graph.call_function(node.target, (copies[start], 0))  # type: ignore[arg-type]
            continue
        if node.op == "get_attr":
            held[str(node.target)] = fetch(module, str(node.target)).detach().clone()
        copies[node] = graph.node_copy(node, copies.__getitem__)
    graph.output(copies[leaf])
    sizes = shape_of(start)
    return FileTail(
        fx.GraphModule(held, graph),
        tuple(sizes[1:]),
        start.meta["val"].dtype,
        None if peeled.base is None else peeled.odds,
    )


def _between(leaf: fx.Node, start: fx.Node) -> Sequence[fx.Node] | None:
    """The nodes that the leaf needs beside `start`, in the graph's order; None where the image is among them."""
    wanted: set[fx.Node] = set()
    todo = [leaf]
    while todo:
        node = todo.pop()
        if node is start or node in wanted:
            continue
        if node.op == "placeholder" or len(wanted) > _MOST_NODES:
            return None
        wanted.add(node)
        if op_name(node) == "sym_size":
            if not _counts_images(node, start):
                return None
        else:
            todo += node.all_input_nodes
    return [node for node in start.graph.nodes if node in wanted]


def _counts_images(size: fx.Node, start: fx.Node) -> bool:
    first, value = shape_of(start)[0], size.meta.get("val")
    return isinstance(value, torch.SymInt) and isinstance(first, torch.SymInt) and value.node.expr == first.node.expr
