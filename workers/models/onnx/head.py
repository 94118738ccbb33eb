"""Moves a closing Softmax behind the reshapes that follow it, so that the logits in front of it can be read."""

from dataclasses import replace

from workers.models.onnx.graph import Graph, Node

_VIEWS = frozenset({"Reshape", "Flatten", "Squeeze", "Identity", "Dropout"})
_SOFTMAX = frozenset({"Softmax", "LogSoftmax"})


def softmax_last(graph: Graph) -> Graph:
    """The graph with ``Softmax → Reshape/Flatten/Squeeze → output`` turned into ``Reshape/… → Softmax → output``.

    Softmax over the only axis longer than 1 commutes with dropping axes of length 1.
    """
    makers = {name: node for node in graph.nodes for name in node.outputs if name}
    uses: dict[str, int] = {}
    for node in graph.nodes:
        for name in node.inputs:
            uses[name] = uses.get(name, 0) + 1
    for port in graph.outputs:
        chain: list[Node] = []
        maker = makers.get(port.name)
        while maker and not maker.domain and maker.op in _VIEWS and uses.get(maker.outputs[0], 0) <= bool(chain):
            chain.append(maker)
            maker = makers.get(maker.inputs[0])
        if chain and maker and not maker.domain and maker.op in _SOFTMAX and uses[maker.outputs[0]] == 1:
            return _swapped(graph, maker, chain[::-1])
    return graph


def _swapped(graph: Graph, softmax: Node, chain: list[Node]) -> Graph:
    final = chain[-1].outputs[0]
    renamed = {
        id(chain[0]): replace(chain[0], inputs=(softmax.inputs[0], *chain[0].inputs[1:])),
    }
    last = renamed.get(id(chain[-1]), chain[-1])
    renamed[id(chain[-1])] = replace(last, outputs=(final + " (logits)",))
    closing = replace(softmax, version=13, inputs=(final + " (logits)",), outputs=(final,), attributes={"axis": -1})
    nodes: list[Node] = []
    for node in graph.nodes:
        if node is not softmax:
            nodes.append(renamed.get(id(node), node))
        if node is chain[-1]:
            nodes.append(closing)
    return replace(graph, nodes=tuple(nodes))
