"""The rewritings of a graph that leave its function alone, one function each.

All work in place on a graph whose weights are constants (`copied`). What they compute of the weights is `Derived`.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, fx, nn

from workers.models.graphs import op_name
from workers.models.inputs import InputTransform
from workers.models.quick.image_conv import back_weight, image_conv
from workers.models.quick.linear import MOST_WEIGHTS, linear
from workers.models.quick.max_pool import max_pool
from workers.models.scaled_relu import scaled_relu

#: Input channels up to which a convolution is computed by `image_conv`.
_FEW_CHANNELS = 4
#: A map is added to what the convolution gives, so that one much larger than the image costs more than the transform.
_WIDE = 2

_CONV2D, _LINEAR = torch.ops.aten.conv2d.default, torch.ops.aten.linear.default
_MAX_POOL = torch.ops.aten.max_pool2d.default
_RELU, _RELU_IN_PLACE = torch.ops.aten.relu.default, torch.ops.aten.relu_.default
#: What gives a fresh tensor that its own way back does not look at.
_FRESH = (_CONV2D, _LINEAR, torch.ops.aten.addmm.default, torch.ops.aten.add.Tensor, image_conv, linear)


class Derived:
    """Constants of a graph that are made of the weights, and are made again when these have changed in place."""

    def __init__(self, module: fx.GraphModule) -> None:
        self.module = module
        self._made: list[tuple[Tensor, Callable[[], Tensor]]] = []

    def keep(self, make: Callable[[], Tensor]) -> str:
        """The name of the constant that `make` gives; it reads the weights' own memory whenever it is called."""
        value = make().contiguous()
        self._made.append((value, make))
        return _keep(self.module, value)

    def renew(self) -> None:
        """Bring all of them to what the weights are now, in the order in which they came of one another."""
        for value, make in self._made:
            value.copy_(make())


def copied(source: fx.GraphModule) -> fx.GraphModule:
    """Return the graph with every parameter as a constant of the same memory."""
    graph, root = fx.Graph(), nn.Module()
    copies: dict[fx.Node, fx.Node] = {}
    shared: dict[str, fx.Node] = {}
    for node in source.graph.nodes:
        target = str(node.target)
        if node.op != "get_attr":
            copies[node] = graph.node_copy(node, lambda n: copies[n])
        elif target in shared:
            copies[node] = shared[target]
        else:
            name = _keep(root, _tensor(source, target))
            copies[node] = shared[target] = graph.get_attr(name)
    return fx.GraphModule(root, graph, class_name="Quick")


def fold_norms(derived: Derived) -> None:
    """Fold batch norms (on running statistics) into the convolutions that only they read; in float64."""
    module = derived.module
    for conv in list(module.graph.nodes):
        norm = _norm_behind(conv)
        if norm is None:
            continue
        _reweigh(derived, conv, *_folded(module, conv, norm))
        norm.replace_all_uses_with(conv)
        module.graph.erase_node(norm)


def _folded(module: fx.GraphModule, conv: fx.Node, norm: fx.Node) -> tuple[Callable[[], Tensor], Callable[[], Tensor]]:
    """What gives the weight and the bias of a convolution with the norm behind it."""
    weight, bias = _weights(module, conv)
    _, *named, _, _, eps = cast(tuple[Any, ...], norm.args)[:8]
    gamma, beta, mean, variance = (None if name is None else _tensor(module, name) for name in named)
    assert mean is not None  # `_norm_behind` asks for both statistics
    assert variance is not None

    def scale() -> Tensor:
        found = (variance.double() + float(eps)).rsqrt()
        return found if gamma is None else found * gamma.double()

    def shift() -> Tensor:
        found = -mean.double() * scale()
        found = found if beta is None else found + beta.double()
        return (found if bias is None else found + bias.double() * scale()).to(weight.dtype)

    return lambda: (weight.double() * scale().view(-1, 1, 1, 1)).to(weight.dtype), shift


def fold_transform(derived: Derived, transform: InputTransform) -> bool:
    """Fold mean, std, range and channel order into the convolutions that read the image; False where that cannot be,
    or does not pay.

    ``conv(s x + t) = conv_s(x) + conv(t)``: s and the order go into the weight, conv(t) into the bias, which padding
    makes a map (1, o, h', w'): `image_conv` takes it.
    """
    module = derived.module
    (image,) = [node for node in module.graph.nodes if node.op == "placeholder"]
    readers = [node for node in image.users if node.args[0] is image and _is_plain(node)]
    if not transform.affine or len(readers) != len(image.users):
        return False
    folded = {conv: found for conv in readers if (found := _transformed(module, conv, transform)) is not None}
    if len(folded) < len(readers):
        return False
    for conv, weights in folded.items():
        _reweigh(derived, conv, *weights)
    return True


def _transformed(
    module: fx.GraphModule, conv: fx.Node, transform: InputTransform
) -> tuple[Callable[[], Tensor], Callable[[], Tensor]] | None:
    """What gives the weight and the bias of a convolution that reads the image itself; None where it does not pay."""
    shape = transform.file.shape
    scale, shift = (t.double().expand(1, shape[0], 1, 1) for t in (transform.scale, transform.shift))
    stride, padding, dilation, groups = _geometry(conv)
    weight, bias = _weights(module, conv)
    if groups != 1 or weight.shape[1] > _FEW_CHANNELS:
        return None
    flat = not any(padding) or transform.identity

    def constant() -> Tensor:
        wide = None if bias is None else bias.double()
        found = torch.conv2d(shift.expand(1, *shape), weight.double(), wide, stride, padding, dilation)
        return (found[0, :, 0, 0] if flat else found).to(weight.dtype)

    def scaled() -> Tensor:
        found = (weight.double() * scale).to(weight.dtype)
        return found.flip(1) if transform.flip else found

    if not flat and constant().numel() > _WIDE * math.prod(shape):
        return None
    return scaled, constant


def image_convolutions(derived: Derived) -> None:
    """Let `image_conv` compute the convolutions that read few channels."""
    module = derived.module
    for conv in list(module.graph.nodes):
        if not _is_plain(conv):
            continue
        (weight, _), (stride, padding, dilation, groups) = _weights(module, conv), _geometry(conv)
        if groups == 1 and weight.shape[1] <= _FEW_CHANNELS:
            with module.graph.inserting_before(conv):
                name = derived.keep(partial(back_weight, weight, stride, padding, dilation))
                back = module.graph.get_attr(name)
            bias = conv.args[2] if len(conv.args) > 2 else None
            conv.target, conv.args = image_conv, (*conv.args[:2], bias, back, stride, padding, dilation)


def linears(derived: Derived) -> None:
    """Let `linear` compute the layers whose weights are few."""
    module = derived.module
    for node in list(module.graph.nodes):
        if node.target is not _LINEAR or node.kwargs or not all(_is_constant(a) or a is None for a in node.args[1:]):
            continue
        weight, bias = _weights(module, node)
        if weight.numel() <= MOST_WEIGHTS:
            with module.graph.inserting_before(node):
                columns = module.graph.get_attr(derived.keep(partial(torch.t, weight)))
            node.target, node.args = linear, (*node.args[:2], None if bias is None else node.args[2], columns)


def max_pools(module: fx.GraphModule) -> None:
    """Let `max_pool` compute the maxima of plain windows."""
    for node in list(module.graph.nodes):
        if node.target is not _MAX_POOL or node.kwargs:
            continue
        given: list[Any] = [*node.args[2:], *([], 0, 1, False)[len(node.args) - 2 :]]
        kernel, (stride, padding, dilation, ceil_mode) = _pair(node.args[1]), given
        if _pair(dilation) == [1, 1] and not ceil_mode:
            stride = kernel if stride == [] else _pair(stride)
            node.target, node.args = max_pool, (node.args[0], kernel, stride, _pair(padding))


def relu_in_place(module: fx.GraphModule) -> None:
    """Let a ReLU write over what nothing else reads."""
    for node in module.graph.nodes:
        if node.target not in (_RELU, scaled_relu) or node.kwargs:
            continue
        before = cast(fx.Node, node.args[0])
        if len(before.users) == 1 and before.target in _FRESH:
            if node.target is _RELU:
                node.target = _RELU_IN_PLACE
            else:
                node.args = (*node.args[:4], True)


def _norm_behind(node: fx.Node) -> fx.Node | None:
    """Return the batch norm (on running statistics) that alone reads a convolution's result, if so."""
    if not _is_plain(node) or len(node.users) != 1:
        return None
    (user,) = node.users
    if op_name(user) != "batch_norm" or user.kwargs or user.args[0] is not node or len(user.args) < 8:
        return None
    fixed = user.args[5] is False and all(_is_constant(a) for a in user.args[3:5])
    return user if fixed and all(a is None or _is_constant(a) for a in user.args[1:3]) else None


def _is_plain(node: fx.Node) -> bool:
    """Whether a node is a convolution by weights (and a bias) that the file holds."""
    if node.target is not _CONV2D or node.kwargs or not _is_constant(node.args[1]):
        return False
    return len(node.args) < 3 or node.args[2] is None or _is_constant(node.args[2])


def _is_constant(value: Any) -> bool:
    return isinstance(value, fx.Node) and value.op == "get_attr"


def _geometry(conv: fx.Node) -> tuple[list[int], list[int], list[int], int]:
    """Return stride, padding, dilation (two numbers each) and groups."""
    given: list[Any] = [*conv.args[3:], None, None, None, None][:4]
    defaults: list[Any] = [[1, 1], [0, 0], [1, 1], 1]
    stride, padding, dilation, groups = (d if g is None else g for g, d in zip(given, defaults, strict=True))
    return _pair(stride), _pair(padding), _pair(dilation), int(groups)


def _pair(value: Any) -> list[int]:
    pair = [int(v) for v in value] if isinstance(value, list | tuple) else [int(value)]
    return pair * 2 if len(pair) == 1 else pair


def _weights(module: nn.Module, conv: fx.Node) -> tuple[Tensor, Tensor | None]:
    bias = conv.args[2] if len(conv.args) > 2 else None
    return _tensor(module, conv.args[1]), None if bias is None else _tensor(module, bias)


def _reweigh(derived: Derived, conv: fx.Node, weight: Callable[[], Tensor], bias: Callable[[], Tensor]) -> None:
    graph = derived.module.graph
    with graph.inserting_before(conv):
        names = [graph.get_attr(derived.keep(make)) for make in (weight, bias)]
    conv.args = (conv.args[0], *names, *conv.args[3:])


def _keep(root: nn.Module, value: Tensor) -> str:
    name = f"constant_{len(root._buffers)}"
    root.register_buffer(name, value)
    return name


def _tensor(source: nn.Module, name: fx.Node | str | Any) -> Tensor:
    found: Any = source
    for part in str(name.target if isinstance(name, fx.Node) else name).split("."):
        found = getattr(found, part)
    tensor: Tensor = found.detach()
    return tensor
