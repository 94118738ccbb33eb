"""The same function of the pixels, computed faster while no weight changes: what attacks make their passes through.

Two things, neither of which an attack's result depends on beyond float32 rounding (successes are confirmed on the model
itself):

- batch normalisation is folded into the convolution before it;
- on a CPU the first convolution's input gradient is one matrix product and k² shifted additions: oneDNN's own kernel
  pads the one or three channels to sixteen (1.7 to 4.5 times as fast).

Channels-last memory would bring 5 to 15 % more for maps of 14×14 and above, but oneDNN then takes other kernels for
other batch sizes, and rows came out different by more than rounding once a ReLU tipped: it is left out.
"""

from typing import Any, cast

import torch
from torch import Tensor, fx, nn

from workers.models.audited import AuditedModel
from workers.models.graphs import op_name
from workers.models.image_conv import image_conv

#: Input channels up to which a convolution's input gradient is computed by `image_conv`.
_FEW_CHANNELS = 4

_CONV2D = torch.ops.aten.conv2d.default


class QuickModel(nn.Module):
    """``forward``: x (n, c, h, w) float32 in [0, 1] → (n, num_classes) float32 logits, as `AuditedModel` to rounding.

    The weights, some copied and some shared, have no gradients; gradients with respect to x are complete. To be used
    while no weight of the model changes. `graph` takes what the file takes.
    """

    def __init__(self, model: AuditedModel) -> None:
        super().__init__()
        self.graph = _rewrite(model)
        self.transform = model.transform

    def forward(self, x: Tensor) -> Tensor:
        """x (n, c, h, w) in [0, 1] → logits (n, num_classes) float32."""
        logits: Tensor = self.graph(self.transform(x))
        return logits.float()


def quicken(model: AuditedModel, example: Tensor) -> "QuickModel | AuditedModel":
    """Return the quick version of a model; the model itself where the quick one does not give its logits.

    example: (m, c, h, w) images on which both are compared (to 1e-4 of the logits' range).
    """
    if not model.differentiable:
        return model
    quick = QuickModel(model)
    with torch.no_grad():
        wanted, got = model(example), quick(example)
    spread = (wanted.amax() - wanted.amin()).clamp(min=1e-12)
    return quick if bool(((wanted - got).abs() <= 1e-4 * spread).all()) else model


def _rewrite(model: AuditedModel) -> fx.GraphModule:
    source = model.graph
    on_cpu = model.transform.scale.device.type == "cpu"
    graph, root = fx.Graph(), nn.Module()
    copies: dict[fx.Node, fx.Node] = {}

    def constant(value: Tensor) -> fx.Node:
        name = f"constant_{len(root._buffers)}"
        root.register_buffer(name, value)
        return graph.get_attr(name)

    shared: dict[str, fx.Node] = {}
    for node in source.graph.nodes:
        if node.op == "get_attr":
            target = str(node.target)
            if target not in shared:
                shared[target] = constant(_tensor(source, target))
            copies[node] = shared[target]
        elif (norm := _norm_behind(node)) is not None:
            weight, bias = _fold(source, node, norm)
            copies[norm] = copies[node] = _convolution(graph, node, copies, constant, weight, bias, on_cpu)
        elif node in copies:  # a norm that has been folded
            continue
        elif _is_plain(node):
            copies[node] = _convolution(graph, node, copies, constant, *_weights(source, node), on_cpu)
        else:
            copies[node] = graph.node_copy(node, lambda n: copies[n])
    graph.eliminate_dead_code()
    return fx.GraphModule(root, graph, class_name="Quick")


def _convolution(
    graph: fx.Graph,
    node: fx.Node,
    copies: dict[fx.Node, fx.Node],
    constant: Any,
    weight: Tensor,
    bias: Tensor | None,
    on_cpu: bool,
) -> fx.Node:
    """Write one convolution."""
    stride, padding, dilation, groups = _geometry(node)
    x = copies[node.args[0]]  # type: ignore[index]
    b = None if bias is None else constant(bias)
    if on_cpu and groups == 1 and weight.shape[1] <= _FEW_CHANNELS:
        columns = weight.permute(1, 2, 3, 0).flatten(0, 2).contiguous()
        return graph.call_function(image_conv, (x, constant(weight), b, constant(columns), stride, padding, dilation))
    arguments = (x, constant(weight), b, stride, padding, dilation, groups)
    return graph.call_function(_CONV2D, arguments)


def _geometry(node: fx.Node) -> tuple[list[int], list[int], list[int], int]:
    given: list[Any] = [*node.args[3:], None, None, None, None][:4]
    defaults: list[Any] = [[1, 1], [0, 0], [1, 1], 1]
    stride, padding, dilation, groups = (d if g is None else g for g, d in zip(given, defaults, strict=True))
    return list(stride), list(padding), list(dilation), int(groups)


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


def _weights(source: nn.Module, node: fx.Node) -> tuple[Tensor, Tensor | None]:
    bias = node.args[2] if len(node.args) > 2 else None
    return _tensor(source, node.args[1]), None if bias is None else _tensor(source, bias)  # type: ignore[arg-type]


def _fold(source: nn.Module, conv: fx.Node, norm: fx.Node) -> tuple[Tensor, Tensor]:
    """Return weight and bias of ``norm(conv(x))``, computed in float64."""
    weight, bias = _weights(source, conv)
    _, gamma, beta, mean, variance, _, _, eps, *_ = cast(tuple[Any, ...], norm.args)
    scale = (_tensor(source, variance).double() + float(eps)).rsqrt()
    scale = scale if gamma is None else scale * _tensor(source, gamma).double()
    shift = -_tensor(source, mean).double() * scale
    shift = shift if beta is None else shift + _tensor(source, beta).double()
    shift = shift if bias is None else shift + bias.double() * scale
    return (weight.double() * scale.view(-1, 1, 1, 1)).to(weight.dtype), shift.to(weight.dtype)


def _tensor(source: nn.Module, name: fx.Node | str) -> Tensor:
    found: Any = source
    for part in str(name.target if isinstance(name, fx.Node) else name).split("."):
        found = getattr(found, part)
    tensor: Tensor = found.detach()
    return tensor
