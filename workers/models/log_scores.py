"""The logarithm of scores that a file mixes from probabilities, computed from the logits below them.

Means, products and mixtures of softmaxes and sigmoids end in no single Softmax that could be taken off, and in float32
they are exactly 0 or 1 where the networks are sure: no gradient is left. Their logarithm, written in terms of
log-softmax and log-sigmoid, has the same order of classes and never saturates.
"""

import math
from collections.abc import Callable
from typing import Any

from torch import fx

from workers.models.graphs import aten, call, op_name
from workers.models.order import constant, shape_of

_SOFTMAX = {"softmax", "_softmax", "special_softmax"}
_SHAPES = {
    "view", "reshape", "_unsafe_view", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "t", "clone",
    "contiguous", "alias", "select", "slice", "expand", "movedim", "swapaxes", "narrow", "roll", "index_select", "flip",
}  # fmt: skip
#: Limits such as max(p, 1e-7) guard a logarithm; they are left out, since they stop the gradient.
_GUARD = 1e-3
#: Beyond so many classes 1 - softmax is not looked through: it takes a (classes, classes) mask.
_MOST_CLASSES = 128


class LogScores:
    """Writes logarithms of positive nodes into their graph; None where a node is no product of probabilities."""

    def __init__(self, graph: fx.Graph) -> None:
        self._graph = graph
        self._known: dict[tuple[fx.Node, bool], fx.Node | None] = {}

    def log(self, node: Any) -> fx.Node | None:
        """Return log(node), or None."""
        return self._cached(node, False, self._log)

    def log_complement(self, node: Any) -> fx.Node | None:
        """Return log(1 - node), or None."""
        return self._cached(node, True, self._log_complement)

    def _cached(self, node: Any, complement: bool, make: Callable[[fx.Node], fx.Node | None]) -> fx.Node | None:
        if not isinstance(node, fx.Node):
            return None
        if (node, complement) not in self._known:
            self._known[node, complement] = make(node)
        return self._known[node, complement]

    def _log(self, node: fx.Node) -> fx.Node | None:
        name, args = op_name(node), node.args
        held = constant(node)
        if held is not None:
            return self._call(aten.log.default, node) if bool((held > 0).all()) else None
        first = args[0] if args else None
        if name in _SOFTMAX and len(args) > 1:
            return self._call(aten.log_softmax.int, first, args[1])
        if name == "sigmoid":
            return self._call(aten.log_sigmoid.default, first)
        if name == "exp":
            return first if isinstance(first, fx.Node) else None
        if name in _SHAPES and isinstance(first, fx.Node):
            return self._same(node, self.log(first))
        if name in {"stack", "cat"} and isinstance(first, (list, tuple)):
            logs = [self.log(part) for part in first]
            return None if any(part is None for part in logs) else self._call(node.target, logs, *args[1:])
        if name in {"sum", "mean"} and len(args) > 1:
            return self._total(node, self.log(first))
        if name == "sqrt":
            return self._scaled(self.log(first), 0.5)
        if name == "pow" and len(args) > 1 and isinstance(args[1], (int, float)):
            return self._scaled(self.log(first), float(args[1]))
        if name in {"clamp", "clamp_min", "clamp_max"}:
            limits = [a for a in args[1:] if isinstance(a, (int, float))]
            return self.log(first) if all(a <= _GUARD or a >= 1 - _GUARD for a in limits) else None
        return self._binary(node)

    def _binary(self, node: fx.Node) -> fx.Node | None:
        name = op_name(node)
        if len(node.args) < 2 or node.kwargs or name not in {"mul", "div", "add", "sub", "rsub"}:
            return None
        a, b = node.args[:2]
        if name in {"sub", "rsub"}:
            one, rest = (a, b) if name == "sub" else (b, a)
            held = constant(one)
            return self.log_complement(rest) if held is not None and bool((held == 1).all()) else None
        logs = [self._operand(x, like=y) for x, y in ((a, b), (b, a))]
        if logs[0] is None or logs[1] is None:
            return None
        if name == "add":
            return self._call(aten.logaddexp.default, *logs)
        return self._call((aten.add if name == "mul" else aten.sub).Tensor, *logs)

    def _operand(self, arg: Any, like: Any) -> fx.Node | None:
        """log of an operand; of a number as a tensor."""
        if isinstance(arg, fx.Node):
            return self.log(arg)
        other = self.log(like)
        if other is None or not isinstance(arg, (int, float)) or arg < 0:
            return None
        return self._call(aten.full_like.default, other, math.log(arg) if arg else -math.inf)

    def _total(self, node: fx.Node, log: fx.Node | None) -> fx.Node | None:
        """Log of a sum or mean over dimensions."""
        dims = node.args[1] if isinstance(node.args[1], (list, tuple)) else [node.args[1]]
        source = node.args[0]
        if log is None or not dims or not isinstance(source, fx.Node):
            return None
        total = self._call(aten.logsumexp.default, log, list(dims), bool(node.args[2]) if len(node.args) > 2 else False)
        if op_name(node) == "sum":
            return total
        count = [shape_of(source)[d] for d in dims]  # type: ignore[index]
        if not all(isinstance(c, int) for c in count):
            return None
        return self._call(aten.sub.Tensor, total, math.log(math.prod(count)))

    def _log_complement(self, node: fx.Node) -> fx.Node | None:
        name, args = op_name(node), node.args
        first = args[0] if args else None
        if name == "sigmoid":
            return self._call(aten.log_sigmoid.default, self._call(aten.neg.default, first))
        if name in _SOFTMAX and len(args) > 1:
            return self._others(first, args[1])
        if name in _SHAPES and isinstance(first, fx.Node):
            return self._same(node, self.log_complement(first))
        if name in {"stack", "cat"} and isinstance(first, (list, tuple)):
            logs = [self.log_complement(part) for part in first]
            return None if any(part is None for part in logs) else self._call(node.target, logs, *args[1:])
        if name == "mean" and len(args) > 1:  # the complement of a mean is the mean of complements
            return self._total(node, self.log_complement(first))
        if name in {"sub", "rsub"} and len(args) > 1:
            one, rest = (args[0], args[1]) if name == "sub" else (args[1], args[0])
            held = constant(one)
            return self.log(rest) if held is not None and bool((held == 1).all()) else None
        if name == "mul" and len(args) > 1 and isinstance(args[0], fx.Node) and isinstance(args[1], fx.Node):
            parts = (self.log_complement(args[0]), self.log(args[0]), self.log_complement(args[1]))
            if all(part is not None for part in parts):  # 1 - uv = (1 - u) + u (1 - v)
                return self._call(aten.logaddexp.default, parts[0], self._call(aten.add.Tensor, *parts[1:]))
        return self._mean_of_two(node)

    def _mean_of_two(self, node: fx.Node) -> fx.Node | None:
        """log(1 - (a + b) / 2) = log((1 - a) / 2 + (1 - b) / 2)."""
        name, args = op_name(node), node.args
        inner = args[0] if args else None
        by = constant(args[1]) if len(args) > 1 else None
        half = by is not None and by.numel() == 1 and float(by) == (2.0 if name == "div" else 0.5)
        if name not in {"div", "mul"} or not half or not isinstance(inner, fx.Node) or op_name(inner) != "add":
            return None
        logs = [self.log_complement(part) for part in inner.args[:2]]
        if any(part is None for part in logs):
            return None
        return self._call(aten.sub.Tensor, self._call(aten.logaddexp.default, *logs), math.log(2))

    def _others(self, z: Any, axis: Any) -> fx.Node | None:
        """log(1 - softmax(z)_j) = logsumexp over the other classes - logsumexp over all, over the last axis."""
        shape = shape_of(z)
        k = shape[-1] if shape else None
        if not isinstance(k, int) or not 2 <= k <= _MOST_CLASSES or axis % len(shape) != len(shape) - 1:
            return None
        same = {"dtype": z.meta["val"].dtype, "device": z.meta["val"].device}
        mask = self._call(aten.eye.default, k, **same)
        mask = self._call(aten.masked_fill.Scalar, mask, self._call(aten.gt.Scalar, mask, 0.5), -math.inf)
        rest = self._call(aten.add.Tensor, self._call(aten.unsqueeze.default, z, -2), mask)
        rest = self._call(aten.logsumexp.default, rest, [-1], False)
        return self._call(aten.sub.Tensor, rest, self._call(aten.logsumexp.default, z, [-1], True))

    def _same(self, node: fx.Node, source: fx.Node | None) -> fx.Node | None:
        """The node's own operator on the logarithm of what it reads."""
        return None if source is None else self._call(node.target, source, *node.args[1:], **node.kwargs)

    def _scaled(self, log: fx.Node | None, factor: float) -> fx.Node | None:
        return None if log is None else self._call(aten.mul.Tensor, log, factor)

    def _call(self, target: Any, *args: Any, **kwargs: Any) -> fx.Node:
        return call(self._graph, target, *args, **kwargs)
