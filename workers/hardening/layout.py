"""In which order in memory the maps of images lie while a network trains on a CPU.

Convolutions, poolings and ReLUs of maps of 14×14 and more are quicker with the channels last, forward and back; those
of small maps with many channels are slower. CPU time of a training pass against channels first: the demo's net 0.77,
MobileNetV2 at 64×64 0.70, DenseNet-121 at 128×128 0.88, ResNet-18 at 224×224 0.93, at 64×64 1.14. Sums come in another
order, and differ by rounding; one network always trains in one order, so that equal seeds give equal bits.
"""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, fx, nn

from workers.models.audited import AuditedModel
from workers.models.graphs import fetch, op_name

#: Training images by which the order is chosen.
LOOKED_AT = 4
#: Height and width from which on a map is large.
_LARGE = 14
#: Of the logits' spread, what rounding may change.
_ROUNDING = 1e-4


@torch.no_grad()
def put_in_order(model: AuditedModel, images: Tensor) -> bool:
    """Lay the convolutions' weights out so that the channels come last, where that is quicker: returns whether it is.

    Values stay. images: (m, c, h, w), a few that it will see: the logits must stay as they are, which those of a graph
    that looks at the order of its maps do not.
    """
    weights = list(_weights(model))
    if not weights or images.device.type != "cpu":
        return False
    sizes = _Sizes(model.graph)
    wanted = sizes.run(model.transform(images))
    if 2 * sum(work for work, size in sizes.found if size >= _LARGE) <= sum(work for work, _ in sizes.found):
        return False
    _lay(weights, torch.channels_last)
    try:
        far = (model(images) - wanted.float()).abs().amax()
    except RuntimeError:  # a view of what is not in one piece any more
        far = torch.tensor(torch.inf)
    if bool(far <= _ROUNDING * (wanted.amax() - wanted.amin())):
        return True
    _lay(weights, torch.contiguous_format)
    return False


@contextmanager
def weights_as_in_files(model: AuditedModel) -> Iterator[None]:
    """Afterwards, they lie as files have them."""
    try:
        yield
    finally:
        _lay(_weights(model), torch.contiguous_format)


class _Sizes(fx.Interpreter):
    """Runs a graph and notes for each two-dimensional convolution its multiplications and the size of its maps."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.found: list[tuple[int, int]] = []

    def run_node(self, n: fx.Node) -> Any:
        """As fx has it; n: a node of the graph."""
        result = super().run_node(n)
        if _is_convolution(n) and result.ndim == 4:
            weight: Tensor = self.fetch_args_kwargs_from_env(n)[0][1]
            self.found.append((result.numel() * math.prod(weight.shape[1:]), min(result.shape[2:])))
        return result


def _weights(model: AuditedModel) -> Iterator[nn.Parameter]:
    """The parameters (o, i, k, l) that convolutions read as they are."""
    for node in model.graph.graph.nodes:
        weight = node.args[1] if _is_convolution(node) else None
        if isinstance(weight, fx.Node) and weight.op == "get_attr":
            parameter = fetch(model.graph, str(weight.target))
            if isinstance(parameter, nn.Parameter) and parameter.ndim == 4:
                yield parameter


def _is_convolution(node: fx.Node) -> bool:
    return op_name(node) in ("conv2d", "convolution") and len(node.args) > 1


def _lay(weights: Iterable[nn.Parameter], order: torch.memory_format) -> None:
    for weight in weights:
        weight.data = weight.data.to(memory_format=order)
