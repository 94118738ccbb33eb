"""What a network does to its logits before it returns them, and where they are read instead.

Softmax, Sigmoid, Tanh, Exp, ArgMax and TopK at the end keep the order of the classes but take the gradient away, wholly
or where the network is sure; what only reshapes (Flatten, Transpose over axes of length 1) or only rescales (Log, Clip,
a factor, division by the sum, see `order`) may stand around them. What mixes several probabilities is replaced by its
logarithm (`log_scores`).
"""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, cast

from torch import fx

from workers.models.combinations import rescaled
from workers.models.graphs import aten, call, op_name
from workers.models.log_scores import LogScores
from workers.models.order import SQUASHING, limited, shape_of, source_in_order

#: What was taken off: '' is nothing; `squashed` another increasing function of each score (Tanh, Exp, Softplus …);
#: `mixture` what mixes probabilities, whose logarithm is read.
Head = Literal["", "softmax", "log_softmax", "sigmoid", "squashed", "mixture", "label", "top"]

#: How messages name it.
NAMES: dict[Head, str] = {
    "softmax": "Softmax", "log_softmax": "LogSoftmax", "sigmoid": "Sigmoid", "label": "ArgMax", "top": "TopK",
    "squashed": "a function that flattens large scores", "mixture": "a mixture of probabilities",
}  # fmt: skip

_SOFTMAX = {"softmax", "_softmax", "special_softmax"}
_LOG_SOFTMAX = {"log_softmax", "_log_softmax", "special_log_softmax"}
_SHAPES = {
    "view", "reshape", "_unsafe_view", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "t", "clone",
    "contiguous", "alias", "detach", "to", "_to_copy", "float", "double", "half", "squeeze_", "unsqueeze_", "select",
    "expand", "movedim", "swapaxes", "type_as",
}  # fmt: skip
#: What may stand around the one number of a file for two classes: rescalings as exporters of sigmoids write them.
_ARITHMETIC = {"add", "sub", "rsub", "mul", "div", "lerp", "where"}
_OF_ONE_NUMBER = {"log", "clamp", "clamp_min", "clamp_max", "hardtanh", "round", *_ARITHMETIC}
_PICKS = {"slice", "narrow", "select", "split", "split_with_sizes", "getitem", "index_select"}


@dataclass(frozen=True)
class Peeled:
    """The node that holds the logits, how many classes it has (1: a single logit), and what was taken off above it.

    `base`: the node of the file that `tail.FileTail` begins at: `node` itself, or the mixture that `node` is the
    logarithm of, or (`odds` = s, at most which it is) the log-odds: log p - log(s - p); `guarded`: but for
    limits such as max(p, 1e-7), so that it does not follow from `node`.
    """

    node: fx.Node
    classes: int
    head: Head = ""
    base: fx.Node | None = None
    odds: float = 0.0
    guarded: bool = False

    @property
    def start(self) -> fx.Node:
        """The file's own node that the logits stand for."""
        return self.base or self.node


def classes_of(node: fx.Node) -> int | None:
    """Return k for a node of shape (n, k), (n, k, 1, 1), (n, 1, 1, k) or (n · k,); None for another.

    A file for one image alone may return a vector of k scores: for n images it is n · k long.
    """
    shape = shape_of(node)
    if len(shape) == 1 and not isinstance(shape[0], int):
        batch = shape_of(next(n for n in node.graph.nodes if n.op == "placeholder"))[0]
        ratio = shape[0].node.expr / batch.node.expr
        return int(ratio) if ratio.is_Integer else None
    rest = [s for s in shape[1:] if not (isinstance(s, int) and s == 1)]
    if not shape or isinstance(shape[0], int) or len(rest) > 1 or not all(isinstance(s, int) for s in rest):
        return None
    return int(rest[0]) if rest else 1


def peel(node: fx.Node) -> Peeled | None:
    """Follow an output back to the logits under it; None when the output is no score of classes."""
    floating = getattr(node.meta.get("val"), "is_floating_point", bool)()
    ranked = _ranking(node)
    if ranked is not None:
        below = peel(ranked[0])
        return below and replace(below, head=ranked[1])
    classes = classes_of(node)
    if not floating or classes is None:
        return None
    here, logged, head, logits = node, False, "", node
    mixed = None
    while (step := _step(here, classes)) is not None:
        if classes == 1 and op_name(here) in _ARITHMETIC and (mixed := _mixture(here, classes)) is not None:
            break  # exact, where a step would move the threshold
        logged = logged or op_name(here) == "log"
        here, taken = step
        if taken:
            named = "log_softmax" if taken == "softmax" and logged else taken
            head, logits = head or named, here
    mixed = mixed or _mixture(here, classes)
    if mixed is not None:
        return Peeled(mixed.log, classes, cast(Head, head or "mixture"), here, mixed.odds, mixed.guarded)
    return Peeled(logits, classes, cast(Head, head))


def _step(node: fx.Node, classes: int) -> tuple[fx.Node, str] | None:
    """Return what lies under one node that keeps the order of the classes, and the head that it is, if any."""
    source = node.args[0] if node.op == "call_function" and node.args else None
    if not isinstance(source, fx.Node):
        return None
    name = op_name(node)
    estimated = _estimated(node)
    if estimated is not None:
        return estimated, ""
    if name in _SHAPES and classes_of(source) == classes:
        return source, ""
    if name in _LOG_SOFTMAX and _over_classes(node):
        return source, "log_softmax"
    if name in _SOFTMAX and _over_classes(node):
        return source, "softmax"
    exponent = _quotient(node)
    if exponent is not None and classes > 1:
        return exponent, "softmax"
    below = source_in_order(node) or limited(node) or rescaled(node)
    if below is None or classes_of(below) != classes:
        return None
    if name == "sigmoid":
        return below, "sigmoid"
    if classes == 1:  # one number is compared with a threshold, which rescaling would move
        return (below, "") if name in _OF_ONE_NUMBER else None
    return below, "squashed" if name in SQUASHING else ""


class _Mixture(NamedTuple):
    """See `Peeled`."""

    log: fx.Node
    odds: float
    guarded: bool


def _mixture(node: fx.Node, classes: int) -> _Mixture | None:
    """Return the logarithm of a mixture of probabilities, or its log-odds; None for anything else.

    Log-odds of one number, and of scores such as means of sigmoids: several may be so near 1 that logarithms tie.
    """
    if node.op != "call_function":
        return None
    scores = LogScores(node.graph)
    log = scores.log(node)
    if log is None or not (classes == 1 or scores.crowded):
        return None if log is None else _Mixture(log, 0.0, scores.guarded)
    complement = scores.log_complement(node)
    rest = scores.log_rest(node) if complement is None and classes > 1 else (complement, 1.0)
    if rest is not None and rest[0] is not None:
        return _Mixture(call(node.graph, aten.sub.Tensor, log, rest[0]), rest[1], scores.guarded)
    return _Mixture(log, 0.0, scores.guarded) if classes > 1 else None


def _over_classes(node: fx.Node, scores: fx.Node | None = None) -> bool:
    """Whether a softmax, or what reads `scores`, runs over the axis that counts classes."""
    scores = node if scores is None else scores
    shape = shape_of(scores)
    axis = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
    if not isinstance(axis, int) or not shape:
        return False
    return axis % len(shape) > 0 and shape[axis] == classes_of(scores)


def _estimated(node: fx.Node) -> fx.Node | None:
    """Return s where a node is detach(h) + (s − detach(s)): a rounded value h with the gradient of s."""
    hard, soft = node.args[0], node.args[1] if len(node.args) == 2 else None
    if op_name(node) != "add" or not isinstance(soft, fx.Node) or op_name(soft) != "sub":
        return None
    first, second = soft.args[:2]
    held = isinstance(second, fx.Node) and op_name(second) == "detach" and second.args[0] is first
    return first if held and isinstance(hard, fx.Node) and isinstance(first, fx.Node) else None


def _quotient(node: fx.Node) -> fx.Node | None:
    """Return z where a node is exp(z) / Σ exp(z), as exporters without a softmax for images write it."""
    name = op_name(node)
    if name not in {"div", "mul"} or len(node.args) < 2:
        return None
    top, bottom = node.args[0], node.args[1]
    if name == "mul" and isinstance(bottom, fx.Node) and op_name(bottom) == "reciprocal":
        bottom = bottom.args[0]
    elif name == "mul":
        return None
    if not isinstance(top, fx.Node) or not isinstance(bottom, fx.Node):
        return None
    if op_name(top) != "exp" or op_name(bottom) != "sum" or bottom.args[0] is not top:
        return None
    inner = top.args[0]
    if isinstance(inner, fx.Node) and op_name(inner) == "sub" and isinstance(inner.args[1], fx.Node):
        shift = inner.args[1]
        shift = shift.args[0] if op_name(shift) == "getitem" and isinstance(shift.args[0], fx.Node) else shift
        if op_name(shift) in {"amax", "max"} and shift.args[0] is inner.args[0]:
            inner = inner.args[0]
    return inner if isinstance(inner, fx.Node) else None


def _ranking(node: fx.Node) -> tuple[fx.Node, Head] | None:
    """Return what a label (ArgMax, Max) or a list of the best (TopK) was taken from, and which of both it is."""
    here = node
    while op_name(here) in _SHAPES | _PICKS and isinstance(here.args[0], fx.Node):
        source = here.args[0]
        if op_name(here) == "getitem" and op_name(source) in {"sort", "topk"}:
            return (source.args[0], "top") if isinstance(source.args[0], fx.Node) else None
        if op_name(here) == "getitem" and op_name(source) == "max":
            scores = source.args[0]
            if not isinstance(scores, fx.Node) or not _over_classes(source, scores):
                return None
            return scores, "label" if here.args[1] == 1 else "top"
        here = source
    if op_name(here) == "argmax" and isinstance(here.args[0], fx.Node) and classes_of(here.args[0]) is not None:
        return here.args[0], "label"
    return None
