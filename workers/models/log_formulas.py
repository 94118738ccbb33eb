"""Formulas of logarithms, written into a graph: what `log_scores` puts together."""

import math
from typing import Any

from torch import fx

from workers.models.graphs import aten, call, op_name
from workers.models.order import constant, shape_of

#: Beyond so many classes 1 - softmax is not looked through: it takes a (classes, classes) mask.
_MOST_CLASSES = 128


class LogFormulas:
    """Writes nodes behind others into their graph; None where there is nothing to write for them."""

    def __init__(self, graph: fx.Graph) -> None:
        self._graph = graph

    def log_softplus(self, z: Any) -> fx.Node:
        """``log(log(1 + e^z))``, which is z itself for very negative z."""
        safe = self.call(aten.log.default, self.call(aten.softplus.default, self.call(aten.clamp_min.default, z, -15)))
        return self.call(aten.where.self, self.call(aten.lt.Scalar, z, -15), z, safe)

    def total(self, node: fx.Node, log: fx.Node | None) -> fx.Node | None:
        """Log of a sum or mean over dimensions."""
        dims: Any = node.args[1] if isinstance(node.args[1], (list, tuple)) else [node.args[1]]
        source = node.args[0]
        if not dims:
            return None
        return self.over(source, log, list(dims), bool(node.args[2:3] and node.args[2]), mean=op_name(node) == "mean")

    def over(self, source: Any, log: fx.Node | None, dims: list[int], keep: bool, mean: bool) -> fx.Node | None:
        """Log of a sum or mean of `source` over dimensions, from its logarithm."""
        if log is None or not isinstance(source, fx.Node):
            return None
        total = self.call(aten.logsumexp.default, log, dims, keep)
        if not mean:
            return total
        count = [shape_of(source)[d] for d in dims]
        if not all(isinstance(c, int) for c in count):
            return None
        return self.call(aten.sub.Tensor, total, math.log(math.prod(count)))

    def others(self, z: Any, axis: Any) -> fx.Node | None:
        """log(1 - p_j) = logsumexp of log p over the other classes, p = softmax(z) over the last axis."""
        shape = shape_of(z)
        k = shape[-1] if shape else None
        if not isinstance(k, int) or not 2 <= k <= _MOST_CLASSES or axis % len(shape) != len(shape) - 1:
            return None
        same = {"dtype": z.meta["val"].dtype, "device": z.meta["val"].device}
        mask = self.call(aten.eye.default, k, **same)
        mask = self.call(aten.masked_fill.Scalar, mask, self.call(aten.gt.Scalar, mask, 0.5), -math.inf)
        log = self.call(aten.log_softmax.int, z, -1)
        rest = self.call(aten.add.Tensor, self.call(aten.unsqueeze.default, log, -2), mask)
        return self.call(aten.logsumexp.default, rest, [-1], False)

    def same(self, node: fx.Node, source: fx.Node | None) -> fx.Node | None:
        """The node's own operator on the logarithm of what it reads."""
        return None if source is None else self.call(node.target, source, *node.args[1:], **node.kwargs)

    def scaled(self, log: fx.Node | None, factor: float) -> fx.Node | None:
        """Log of a power."""
        return None if log is None else self.call(aten.mul.Tensor, log, factor)

    def call(self, target: Any, *args: Any, **kwargs: Any) -> fx.Node:
        """An operator on what is given."""
        return call(self._graph, target, *args, **kwargs)

    def rescaled_tanh(self, node: fx.Node) -> fx.Node | None:
        """sigmoid(2 z) where a node is tanh(z) + 1, which is twice as much."""
        a, b = node.args[:2]
        held = constant(b)
        if (
            op_name(node) != "add"
            or not isinstance(a, fx.Node)
            or op_name(a) != "tanh"
            or held is None
            or not bool((held == 1).all())
        ):
            return None
        return self.call(aten.sigmoid.default, self.call(aten.mul.Tensor, a.args[0], 2.0))

    def terms(self, node: Any, factor: float) -> list[tuple[float, fx.Node]] | None:
        """A sum of multiples as its weights and what they weigh; None where a weight is negative or no number."""
        if not isinstance(node, fx.Node):
            return None
        name, args = op_name(node), list(node.args)
        if name == "add" and not node.kwargs:
            rescaled = self.rescaled_tanh(node)
            if rescaled is not None:
                return [(2 * factor, rescaled)]
            parts = [self.terms(part, factor) for part in args[:2]]
            return None if parts[0] is None or parts[1] is None else parts[0] + parts[1]
        if name in {"mul", "div"} and not node.kwargs:
            main, by = args[0], constant(args[1])
            if by is None and name == "mul":
                main, by = args[1], constant(args[0])
            if by is not None and by.numel() == 1:
                weight = float(by) if name == "mul" else 1 / float(by) if float(by) else 0.0
                return self.terms(main, factor * weight) if weight > 0 else None
        return [(factor, node)]
