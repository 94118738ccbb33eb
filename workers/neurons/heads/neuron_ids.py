"""Which neuron each number of a tensor belongs to, found by following channels through the graph.

A neuron is a channel of a convolution or a unit of a linear layer. Operators that keep the arrangement (activations,
norms, dropout, residual sums, gates) keep the neurons; operators that rearrange (flatten, permute, concatenation, the
choice of a token) are carried out on the neurons' numbers; reductions keep a neuron where all that they join is of one.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, fx

from workers.models.audited import AuditedModel
from workers.models.graphs import depends_on_input, fetch, op_name
from workers.neurons.heads.walk import LayerNode, NoLastLayer, Recorded

_REARRANGE = {
    "view", "reshape", "_unsafe_view", "flatten", "unflatten", "squeeze", "unsqueeze", "permute", "transpose", "t",
    "select", "slice", "narrow", "expand", "movedim", "swapaxes", "split", "split_with_sizes", "chunk", "unbind",
    "getitem", "clone", "contiguous", "alias", "detach", "index_select", "roll", "flip", "tensor_split", "view_as",
    "reshape_as", "pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "numpy_T", "repeat", "tile", "squeeze_",
    "unsqueeze_",
}  # fmt: skip
_JOIN = {"cat", "concat", "stack"}
#: Reductions over positions: what is kept of a map stands in the same two leading dimensions.
_POOL = {
    "max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d",
    "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d", "_adaptive_avg_pool2d",
    "max_pool2d_with_indices", "lp_pool2d", "upsample_bilinear2d", "upsample_nearest2d",
}  # fmt: skip
_REDUCE = {"mean", "sum", "amax", "amin", "logsumexp", "max", "linalg_vector_norm", "norm"}
#: Attention mixes positions by weights that depend on the image: the neurons are those of its values' last axis.
_ATTEND = {"scaled_dot_product_attention": 2, "matmul": 1, "bmm": 1}
_SOFTMAX = {"softmax", "_softmax", "special_softmax"}
#: What no neuron stands for.
NONE = -1


class NeuronIds:
    """`of(node)`: int64, the neuron of each number that an image has there; `origin[neuron]`: (layer, channel)."""

    def __init__(self, model: AuditedModel, layers: Sequence[LayerNode], recorded: Recorded) -> None:
        self.model, self.recorded = model, recorded
        self.ends = {layer.end: layer for layer in layers}
        self.varying = depends_on_input(model.graph.graph)
        self.depth: dict[fx.Node, tuple[int, int]] = {}
        self.origin: list[tuple[str, int]] = []
        self._first: dict[str, int] = {}
        self._found: dict[fx.Node, Tensor | tuple[Tensor, ...]] = {}
        for i, node in enumerate(model.graph.graph.nodes):
            below = max((self.depth[source][0] for source in node.all_input_nodes), default=0)
            self.depth[node] = (below + (node in self.ends), i)

    def of(self, node: fx.Node) -> Tensor:
        """See the class; raises `NoLastLayer` naming the operator that makes no neurons of what it reads."""
        ids = self._ids(node)
        assert isinstance(ids, Tensor)
        return ids[0].long()

    def _ids(self, node: fx.Node) -> Any:
        """The neurons as float64, all of the recorded rows alike."""
        if node not in self._found:
            if node.op == "placeholder":
                raise NoLastLayer("it reads the image itself, and pixels are no neurons")
            self._found[node] = self._layer(node) if node in self.ends else self._operator(node)
        return self._found[node]

    def _layer(self, node: fx.Node) -> Tensor:
        layer = self.ends[node]
        point, info = self.model.layer(layer.name).taps["conv"], self.model.layer(layer.name).info
        first = self._first.setdefault(layer.name, len(self.origin))
        if first == len(self.origin):
            self.origin += [(layer.name, channel) for channel in range(info.neurons)]
        shape = self.recorded.shapes[node]
        line = torch.arange(first, first + info.neurons, dtype=torch.float64)
        return line.reshape([-1 if i == point.channel else 1 for i in range(len(shape))]).expand(shape)

    def _operator(self, node: fx.Node) -> Any:
        name = op_name(node)
        inputs = [a for a in node.all_input_nodes if a in self.varying]
        ids = {source: self._ids(source) for source in inputs} if name in _JOIN else {}
        if name in _REARRANGE | _JOIN:
            if name in _REARRANGE and node.args and node.args[0] not in inputs:
                raise NoLastLayer(f"{name} looks numbers up that are no neuron's ({node.name})")
            ids = ids or {inputs[0]: self._ids(inputs[0])}
            joins = name in _JOIN
            args, kwargs = self._arguments(node.args, ids, joins), self._arguments(node.kwargs, ids, joins)
            return node.target(*args, **kwargs)  # type: ignore[operator]
        if name in _ATTEND and len(inputs) > 1:
            return self._attended(node, node.args[_ATTEND[name]])
        if name in _POOL or name in _REDUCE:
            return self._pooled(node, inputs[0]) if name in _POOL else self._reduced(node, inputs[0])
        return self._kept(node, inputs)

    def _arguments(self, given: Any, ids: dict[fx.Node, Any], joins: bool) -> Any:
        """An operator's arguments with neurons in place of numbers; what else is joined to them is nobody's."""

        def value(node: fx.Node) -> Any:
            if node in ids:
                return ids[node]
            if node in self.recorded.others:
                return self.recorded.others[node]
            if node in self.varying or joins:
                return torch.full(self.recorded.shapes[node], float(NONE), dtype=torch.float64)
            return constant(node)

        def constant(node: fx.Node) -> Any:
            if node.op == "get_attr":
                return fetch(self.model.graph, str(node.target)).cpu()
            arguments = fx.node.map_arg(node.args, value), fx.node.map_arg(node.kwargs, value)
            return node.target(*arguments[0], **arguments[1])  # type: ignore[operator]

        return fx.node.map_arg(given, value)

    def _kept(self, node: fx.Node, inputs: list[fx.Node]) -> Any:
        """Elementwise: the neurons of what has the result's shape; of several (a residual sum), of the deepest."""
        shape = self.recorded.shapes.get(node)
        same = [source for source in inputs if shape is not None and self.recorded.shapes.get(source) == shape]
        if not same:
            raise NoLastLayer(f"{op_name(node)} makes numbers of layers' outputs that are no neuron's ({node.name})")
        return self._ids(max(same, key=lambda source: self.depth[source]))

    def _pooled(self, node: fx.Node, source: fx.Node) -> Any:
        ids = self._ids(source)
        shape = self.recorded.shapes.get(node)
        if shape is None:  # values and indices
            shape = next(self.recorded.shapes[user] for user in node.users)
        spatial = ids.ndim - 2
        line = ids.reshape(*ids.shape[:2], -1)
        if spatial < 1 or not bool((line == line[..., :1]).all()):
            raise NoLastLayer(f"{op_name(node)} joins numbers of different neurons ({node.name})")
        pooled = line[..., 0].reshape(*ids.shape[:2], *[1] * spatial).expand(shape)
        return pooled if node in self.recorded.shapes else (pooled, pooled)

    def _reduced(self, node: fx.Node, source: fx.Node) -> Any:
        ids = self._ids(source)
        given = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
        axes = [given] if isinstance(given, int) else given
        if op_name(node) in {"linalg_vector_norm", "norm"} or not isinstance(axes, list | tuple) or not axes:
            raise NoLastLayer(f"{op_name(node)} joins numbers of different neurons ({node.name})")
        keep = len(self.recorded.shapes.get(node, ())) == ids.ndim
        axes = [int(axis) for axis in axes]
        low, high = ids.amin(axes, keepdim=keep), ids.amax(axes, keepdim=keep)
        if not bool((low == high).all()):
            raise NoLastLayer(f"{op_name(node)} joins numbers of different neurons ({node.name})")
        return low if node in self.recorded.shapes else (low, low)

    def _attended(self, node: fx.Node, values: Any) -> Tensor:
        weights = node.args[0]
        while isinstance(weights, fx.Node) and op_name(weights) in _REARRANGE | {"dropout"}:
            weights = weights.args[0]
        if op_name(node) in {"matmul", "bmm"} and not (isinstance(weights, fx.Node) and op_name(weights) in _SOFTMAX):
            raise NoLastLayer(f"{op_name(node)} makes numbers of layers' outputs that are no neuron's ({node.name})")
        ids = self._ids(values)
        if not bool((ids.amin(-2) == ids.amax(-2)).all()):
            raise NoLastLayer(f"{op_name(node)} joins numbers of different neurons ({node.name})")
        found: Tensor = ids.narrow(-2, 0, 1).expand(self.recorded.shapes[node])
        return found
