"""The logarithm of scores that a file mixes from probabilities, computed from the logits below them.

Means, products and mixtures of softmaxes and sigmoids end in no single Softmax that could be taken off, and in float32
they are exactly 0 or 1 where the networks are sure: no gradient is left. Their logarithm, written in terms of
log-softmax and log-sigmoid, has the same order of classes and never saturates.
"""

import math
import operator
from collections.abc import Callable
from typing import Any

from torch import fx

from workers.models.combinations import Combination, multiplied_out, pieces
from workers.models.graphs import aten, op_name
from workers.models.log_formulas import LogFormulas
from workers.models.order import constant, shape_of

_SOFTMAX = {"softmax", "_softmax", "special_softmax"}
_SHAPES = {
    "view", "reshape", "_unsafe_view", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "t", "clone",
    "contiguous", "alias", "select", "slice", "expand", "movedim", "swapaxes", "narrow", "roll", "index_select", "flip",
    "index", "unflatten", "nan_to_num",
}  # fmt: skip
#: Operators that only choose among the numbers, by their order: a logarithm may be taken before.
_CHOOSING = {"amax", "amin", "maximum", "minimum", "gather"}
#: The same, with the numbers as the first of two results.
_CHOOSING_TOO = {"max", "min", "median", "nanmedian"}
#: Limits such as max(p, 1e-7) guard a logarithm; they are left out, since they stop the gradient.
_GUARD = 1e-3
#: Numbers an image that a product of matrices may take.
_MOST_PRODUCTS = 2**16


class LogScores:
    """Writes logarithms of positive nodes into their graph; None where a node is no product of probabilities."""

    def __init__(self, graph: fx.Graph) -> None:
        self._write = LogFormulas(graph)
        self._known: dict[tuple[fx.Node, bool], fx.Node | None] = {}
        #: Whether scores of several classes may all be near 1, so that their logarithms are as level as they are.
        self.crowded = False
        #: Whether limits were left out, so that the file's own numbers do not follow from the logarithms.
        self.guarded = False

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
            return self._write.call(aten.log.default, node) if bool((held > 0).all()) else None
        first = args[0] if args else None
        if name in _SOFTMAX and len(args) > 1:
            return self._write.call(aten.log_softmax.int, first, args[1])
        if name == "sigmoid":
            self.crowded = True
            return self._write.call(aten.log_sigmoid.default, first)
        if name == "exp":
            return first if isinstance(first, fx.Node) else None
        if name == "softplus" and len(args) == 1:
            return self._write.log_softplus(first)
        if name == "reciprocal":
            return self._write.scaled(self.log(first), -1.0)
        if name in {"adaptive_avg_pool2d", "_adaptive_avg_pool2d"} and list(args[1]) == [1, 1]:  # type: ignore[arg-type]
            return self._write.over(first, self.log(first), [-2, -1], keep=True, mean=True)
        chosen = self._chosen(node)
        if chosen is not None:
            return chosen
        if name in _SHAPES and isinstance(first, fx.Node):
            return self._write.same(node, self.log(first))
        if name in {"stack", "cat"} and isinstance(first, (list, tuple)):
            logs = [self.log(part) for part in first]
            return None if any(part is None for part in logs) else self._write.call(node.target, logs, *args[1:])
        if name in {"sum", "mean"} and len(args) > 1:
            return self._write.total(node, self.log(first))
        if name == "sqrt":
            return self._write.scaled(self.log(first), 0.5)
        if name == "pow" and len(args) > 1 and isinstance(args[1], (int, float)):
            return self._write.scaled(self.log(first), float(args[1]))
        if name in {"clamp", "clamp_min", "clamp_max"}:
            limits = [a for a in args[1:] if isinstance(a, (int, float))]
            self.guarded = True
            return self.log(first) if all(a <= _GUARD or a >= 1 - _GUARD for a in limits) else None
        product = self._product(node)
        found = self._binary(node) if product is None else product
        return self._multiplied_out(node) if found is None else found

    def _chosen(self, node: fx.Node) -> fx.Node | None:
        """log of one that is chosen among several by their order, or by a mask, or of a product over a dimension."""
        name, args = op_name(node), node.args
        first = args[0] if args else None
        if name == "getitem" and args[1] == 0 and isinstance(first, fx.Node) and op_name(first) in _CHOOSING_TOO:
            pair = self._write.same(first, self.log(first.args[0]))
            return None if pair is None else self._write.call(operator.getitem, pair, 0)
        if name == "where" and len(args) == 3:
            sides = [self._operand(args[1], like=args[2]), self._operand(args[2], like=args[1])]
            return None if None in sides else self._write.call(aten.where.self, first, *sides)
        if name == "prod" and len(args) > 1 and (log := self.log(first)) is not None:
            return self._write.call(aten.sum.dim_IntList, log, [args[1]], *args[2:3])
        if name in {"maximum", "minimum"}:
            logs = [self.log(arg) for arg in args]
            return None if None in logs else self._write.call(node.target, *logs)
        return self._write.same(node, self.log(first)) if name in _CHOOSING else None

    def _product(self, node: fx.Node) -> fx.Node | None:
        """``log(p @ q)``, of linear layers that mix classes (confusion matrices, groups of classes) and of gates."""
        name, args = op_name(node), node.args
        if name not in {"mm", "matmul", "bmm", "linear"} or len(args) < 2 or len(shape_of(args[0])) < 2:  # type: ignore[arg-type]
            return None
        second = self._weights(args[1], transpose=name == "linear")
        log = self.log(args[0])
        if log is None or second is None or (len(args) > 2 and args[2] is not None):
            return None
        sizes = [s for s in (*shape_of(log)[1:], shape_of(second)[-1]) if isinstance(s, int)]
        if len(sizes) < len(shape_of(log)) or math.prod(sizes) > _MOST_PRODUCTS:
            return None
        rows = self._write.call(aten.unsqueeze.default, log, -1)
        columns = self._write.call(aten.unsqueeze.default, second, -3)
        pairs = self._write.call(aten.add.Tensor, rows, columns)
        return self._write.call(aten.logsumexp.default, pairs, [-2], False)

    def _weights(self, arg: Any, transpose: bool) -> fx.Node | None:
        """log of a matrix; weights of 0 are let through, for as long as every column has another."""
        held = constant(arg)
        if held is None:
            log = self.log(arg)
        elif (
            held.ndim == len(shape_of(arg))
            and bool((held >= 0).all())
            and bool((held.sum(-1 if transpose else -2) > 0).all())
        ):
            log = self._write.call(aten.log.default, arg)
        else:
            return None
        return self._write.call(aten.transpose.int, log, -1, -2) if transpose and log is not None else log

    def _binary(self, node: fx.Node) -> fx.Node | None:
        name = op_name(node)
        if len(node.args) < 2 or node.kwargs or name not in {"mul", "div", "add", "sub", "rsub"}:
            return None
        a, b = node.args[:2]
        if name in {"sub", "rsub"}:
            one, rest = (a, b) if name == "sub" else (b, a)
            held = constant(one)
            if held is None or not bool((held == 1).all()):
                return None
            self.crowded = True
            return self.log_complement(rest)
        if (rescaled := self._write.rescaled_tanh(node)) is not None:
            return self._write.call(aten.add.Tensor, self.log(rescaled), math.log(2))
        logs = [self._operand(x, like=y) for x, y in ((a, b), (b, a))]
        if logs[0] is None or logs[1] is None:
            return None
        if name == "add":
            return self._write.call(aten.logaddexp.default, *logs)
        return self._write.call((aten.add if name == "mul" else aten.sub).Tensor, *logs)

    def _multiplied_out(self, node: fx.Node, one_minus: bool = False) -> fx.Node | None:
        """Log of a weighted sum, however its weights are written, or of what it lacks of 1."""
        found = multiplied_out(node)
        if found is None or found == {(node,): 1.0}:
            return None
        if one_minus:
            found = {product: -weight for product, weight in found.items()}
            found[()] = found.get((), 0.0) + 1.0
        return self._sum_of(found)

    def _sum_of(self, found: Combination) -> fx.Node | None:
        total: fx.Node | None = None
        alone = 0.0
        for weight, factors, complement in pieces(found) or ():
            logs = [self.log(factor) for factor in factors]
            if complement is not None:
                logs.append(self.log_complement(complement))
            if None in logs:
                return None
            if not logs:
                alone += weight
                continue
            log = self._write.call(aten.add.Tensor, logs[0], math.log(weight))
            for other in logs[1:]:
                log = self._write.call(aten.add.Tensor, log, other)
            total = log if total is None else self._write.call(aten.logaddexp.default, total, log)
        if total is None or not alone:
            return total
        level = self._write.call(aten.full_like.default, total, math.log(alone))
        return self._write.call(aten.logaddexp.default, total, level)

    def _operand(self, arg: Any, like: Any) -> fx.Node | None:
        """log of an operand; of a number as a tensor."""
        if isinstance(arg, fx.Node):
            return self.log(arg)
        other = self.log(like)
        if other is None or not isinstance(arg, (int, float)) or arg < 0:
            return None
        return self._write.call(aten.full_like.default, other, math.log(arg) if arg else -math.inf)

    def _log_complement(self, node: fx.Node) -> fx.Node | None:
        name, args = op_name(node), node.args
        first = args[0] if args else None
        if name == "sigmoid":
            return self._write.call(aten.log_sigmoid.default, self._write.call(aten.neg.default, first))
        if name in _SOFTMAX and len(args) > 1:
            return self._write.others(first, args[1])
        if name in _SHAPES and isinstance(first, fx.Node):
            return self._write.same(node, self.log_complement(first))
        if name in {"clamp", "clamp_min", "clamp_max"} and self.log(node) is not None:
            return self.log_complement(first)
        if name in {"stack", "cat"} and isinstance(first, (list, tuple)):
            logs = [self.log_complement(part) for part in first]
            return None if any(part is None for part in logs) else self._write.call(node.target, logs, *args[1:])
        if name == "mean" and len(args) > 1:  # the complement of a mean is the mean of complements
            return self._write.total(node, self.log_complement(first))
        if name in {"sub", "rsub"} and len(args) > 1:
            one, rest = (args[0], args[1]) if name == "sub" else (args[1], args[0])
            held = constant(one)
            return self.log(rest) if held is not None and bool((held == 1).all()) else None
        if name == "mul" and len(args) > 1 and isinstance(args[0], fx.Node) and isinstance(args[1], fx.Node):
            parts = (self.log_complement(args[0]), self.log(args[0]), self.log_complement(args[1]))
            if all(part is not None for part in parts):  # 1 - uv = (1 - u) + u (1 - v)
                return self._write.call(aten.logaddexp.default, parts[0], self._write.call(aten.add.Tensor, *parts[1:]))
        rest = self.log_rest(node)
        return rest[0] if rest is not None and abs(rest[1] - 1) < 1e-6 else self._multiplied_out(node, one_minus=True)

    def log_rest(self, node: fx.Node) -> tuple[fx.Node, float] | None:
        """Return log(s - node) and s where the node is ``sum_i w_i p_i`` and ``s = sum_i w_i``."""
        terms = self._write.terms(node, 1.0)
        if terms is None or terms == [(1.0, node)]:
            return None
        logs = [(weight, self.log_complement(part)) for weight, part in terms if weight > 0]
        if not logs or any(log is None for _, log in logs):
            return None
        total, *others = (self._write.call(aten.add.Tensor, log, math.log(weight)) for weight, log in logs)
        for log in others:
            total = self._write.call(aten.logaddexp.default, total, log)
        return total, sum(weight for weight, _ in logs)
