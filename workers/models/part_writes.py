"""Writes into parts of a tensor (``x[:, 0] = …``, ``x[..., 1:] += …``) as values: the part anew, then the whole anew.

torch functionalises whole programs, at the price of tracing them twice more. Most writes need no more than their
chain of slices and selections turned round; what other views of the same tensor would have to see is left to torch.
"""

import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import fx

from workers.models.graphs import aten, is_mutable, is_view

#: A view of a part → the operator that puts a part back into its whole.
_BACK: dict[Any, Any] = {
    aten.slice.Tensor: aten.slice_scatter.default,
    aten.select.int: aten.select_scatter.default,
}


def write_part(graph: fx.Graph, node: fx.Node, twin: Callable[..., Any], order: dict[fx.Node, int]) -> bool:
    """Replace `node`, which writes into a slice or selection, by its functional `twin` and scatters into the whole.

    `order`: nodes → their positions; the new nodes take that of `node`. Returns False, with the graph as it was, where
    another view that is read later shares the memory, or the whole is itself a view or a constant.
    """
    chain = _chain(node.args[0])
    whole = chain[-1]
    if len(chain) < 2 or is_view(whole) or whole.op == "get_attr" or whole.kwargs.get("out") is not None:
        return False
    now = order[node]
    if seen_later(whole, {*chain, node}, now, order):
        return False
    with graph.inserting_before(node):
        made = [_put(graph, twin, node.args, dict(node.kwargs))]
        dtype = chain[0].meta["val"].dtype
        if made[0].meta["val"].dtype != dtype:
            made.append(_put(graph, aten.to.dtype, (made[0], dtype), {}))
        for part, into in pairwise(chain):
            made.append(_put(graph, _BACK[part.target], (into, made[-1], *part.args[1:]), dict(part.kwargs)))
        views = [made[-1]]  # of the whole anew, so that what is written next finds its way there
        for part in reversed(chain[:-1]):
            views.append(_put(graph, part.target, (views[-1], *part.args[1:]), dict(part.kwargs)))
    order.update((new, now) for new in (*made, *views))
    for old, new in zip((*reversed(chain), node), (*views, views[-1]), strict=True):
        for user in [user for user in old.users if order[user] > now]:
            user.replace_input_with(old, new)
    graph.erase_node(node)
    for view in reversed(views):
        if not view.users:
            graph.erase_node(view)
    return True


def _chain(part: Any) -> list[fx.Node]:
    """A part, what it is a slice or selection of, and so on to the whole."""
    found = [part]
    while found[-1].op == "call_function" and found[-1].target in _BACK:
        found.append(found[-1].args[0])
    return found


def seen_later(whole: fx.Node, but: set[fx.Node], now: int, order: dict[fx.Node, int]) -> bool:
    """Whether a node that may share the memory of `whole`, made before position `now`, is read after it."""
    shared = _aliases(whole) - but
    return any(order[alias] < now and any(order[user] > now for user in alias.users) for alias in shared)


def _aliases(whole: fx.Node) -> set[fx.Node]:
    """The nodes that may share the memory of `whole`, without itself."""
    found: set[fx.Node] = set()
    waiting = [whole]
    while waiting:
        source = waiting.pop()
        for user in source.users:
            shares = is_view(user) or (is_mutable(user) and user.args and user.args[0] is source)
            if user not in found and (shares or user.target is operator.getitem):
                found.add(user)
                waiting.append(user)
    return found


def _put(graph: fx.Graph, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> fx.Node:
    node = graph.call_function(target, args, kwargs)
    values = torch.utils._pytree.tree_map_only(fx.Node, lambda n: n.meta["val"], (args, kwargs))
    node.meta["val"] = target(*values[0], **values[1])
    return node
