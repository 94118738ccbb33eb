"""Weighted sums of scores, multiplied out: ``p + w (u - p)`` and ``lerp(p, u, w)`` are both ``(1 - w) p + w u``."""

from typing import Any, NamedTuple, TypeAlias

from torch import fx

from workers.models.graphs import op_name
from workers.models.order import constant

#: Products of nodes → the number that weighs them; the empty product is what stands alone.
Combination: TypeAlias = dict[tuple[fx.Node, ...], float]

#: Products beyond which a sum is no mixture of a few scores, and nodes that are read to find them.
_MOST_PRODUCTS = 16
_MOST_NODES = 200
#: Operators that a file may write twice for one value.
_REPEATED = {"softmax", "_softmax", "sigmoid"}
#: What the rounding of float32 weights leaves of 1 - 0.9 - 0.1.
_NOTHING = 1e-6


class Piece(NamedTuple):
    """``weight * prod(factors) * (1 - complement)``; without a complement the last factor is 1."""

    weight: float
    factors: tuple[fx.Node, ...]
    complement: fx.Node | None = None


class _TooLong(Exception):
    """A sum has more products than a mixture of scores would."""


def multiplied_out(arg: Any) -> Combination | None:
    """An operand as a sum of products of nodes that are no sums or products; None where that is too long, or none."""
    try:
        return _Expansion().of(arg)
    except _TooLong:
        return None


def rescaled(node: fx.Node) -> fx.Node | None:
    """Return p where a node is a p + b, with numbers a > 0 and b."""
    found = multiplied_out(node) or {}
    leaves = [product for product in found if product]
    if len(leaves) != 1 or len(leaves[0]) != 1 or leaves[0][0] is node or found[leaves[0]] <= 0:
        return None
    return leaves[0][0]


def pieces(found: Combination) -> list[Piece] | None:
    """A sum as pieces of positive weight: ``p - p g`` is ``p (1 - g)``; None where something negative is left over."""
    left = dict(found)
    grouped: list[Piece] = []
    for product, weight in found.items():
        if weight >= -_NOTHING:
            continue
        for i, complement in enumerate(product):
            rest = product[:i] + product[i + 1 :]
            if left.get(rest, 0.0) >= -weight - _NOTHING:
                grouped.append(Piece(-weight, rest, complement))
                left[rest] += weight
                del left[product]
                break
        else:
            return None
    return [*(Piece(weight, product) for product, weight in left.items() if weight > _NOTHING), *grouped]


def _sum(*parts: tuple[float, Combination]) -> Combination:
    total: Combination = {}
    for factor, part in parts:
        for product, weight in part.items():
            total[product] = total.get(product, 0.0) + factor * weight
    return {product: weight for product, weight in total.items() if abs(weight) > _NOTHING}


def _product(first: Combination, second: Combination) -> Combination:
    total: Combination = {}
    for a, one in first.items():
        for b, other in second.items():
            both = tuple(sorted((*a, *b), key=lambda node: node.name))
            total[both] = total.get(both, 0.0) + one * other
    return total


def _alike(first: Combination, second: Combination) -> bool:
    return not _sum((1.0, first), (-1.0, second))


class _Expansion:
    def __init__(self) -> None:
        self._known: dict[fx.Node, Combination] = {}
        self._alike: dict[Any, fx.Node] = {}

    def of(self, arg: Any) -> Combination:
        held = constant(arg)
        if held is not None and held.numel() and bool((held == held.reshape(-1)[0]).all()):
            return {(): float(held.reshape(-1)[0])}
        if not isinstance(arg, fx.Node):
            raise _TooLong
        if arg not in self._known:
            if len(self._known) >= _MOST_NODES:
                raise _TooLong
            found = self._operator(arg) if held is None else self._leaf(arg, held.numpy().tobytes())
            if len(found) > _MOST_PRODUCTS:
                raise _TooLong
            self._known[arg] = found
        return self._known[arg]

    def _operator(self, node: fx.Node) -> Combination:
        name, args = op_name(node), node.args
        if name in {"add", "sub", "rsub"} and len(args) > 1 and set(node.kwargs) <= {"alpha"}:
            alpha: Any = node.kwargs.get("alpha", args[2] if len(args) > 2 else 1)
            one, other = (args[1], args[0]) if name == "rsub" else (args[0], args[1])
            scaled = (1.0, alpha) if name != "rsub" else (alpha, 1.0)
            return _sum((scaled[0], self.of(one)), (scaled[1] if name == "add" else -scaled[1], self.of(other)))
        if name == "neg":
            return _sum((-1.0, self.of(args[0])))
        if name == "mul" and len(args) > 1:
            return _product(self.of(args[0]), self.of(args[1]))
        if name == "div" and len(args) == 2 and not node.kwargs:
            by = constant(args[1])
            if by is not None and by.numel() == 1 and float(by):
                return _sum((1 / float(by), self.of(args[0])))
        if name == "lerp" and len(args) == 3:
            start, end, weight = map(self.of, args)
            return _sum((1.0, start), (1.0, _product(weight, _sum((1.0, end), (-1.0, start)))))
        if name == "where" and len(args) == 3:  # how exporters write lerp: the same in two ways
            sides = self.of(args[1]), self.of(args[2])
            if _alike(*sides):
                return sides[0]
        alike = name in _REPEATED and all(isinstance(arg, (fx.Node, int, bool, type(None))) for arg in args)
        return self._leaf(node, (node.target, args, tuple(node.kwargs)) if alike else node)

    def _leaf(self, node: fx.Node, key: Any) -> Combination:
        """One node for all that compute the same, such as two softmaxes of one tensor."""
        return {(self._alike.setdefault(key, node),): 1.0}
