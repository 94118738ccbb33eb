"""A graph's code written again with more of its nodes in the output, over the same module."""

from collections.abc import Callable, Sequence

from torch import Tensor, fx

#: (module, the file's own input) → (logits, the values of the chosen nodes, in their order).
WithNodes = Callable[..., tuple[Tensor, list[Tensor]]]


def with_nodes(source: fx.Graph, names: Sequence[str]) -> WithNodes:
    """Compile a graph of one output so that it also returns the nodes called `names`; all else is as it was."""
    graph = fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    logits = graph.graph_copy(source, copies)
    nodes = {node.name: copied for node, copied in copies.items()}
    graph.output((logits, [nodes[name] for name in names]))
    graph.eliminate_dead_code()
    return compiled(graph)


def compiled(graph: fx.Graph) -> WithNodes:
    """The graph's code as a function whose first argument is the module that holds its tensors."""
    code = graph.python_code("self")
    scope = dict(code.globals)
    exec(compile(code.src, "<tapped graph>", "exec"), scope)
    function: WithNodes = scope["forward"]
    return function
