"""Turning neurons down: does the network lean on its sensitive neurons? (SNS, section IV-D, Fig. 9.)"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx

from workers.models.audited import AuditedModel
from workers.models.scaled_relu import scaled_relu
from workers.models.sharing import sharing
from workers.models.taps import TapPoint

#: Layer → its neurons that are turned down.
Neurons = Mapping[str, Sequence[int]]

_RELU = torch.ops.aten.relu.default


def scale_neurons(value: Tensor, factor: Tensor, channel: int) -> Tensor:
    """Multiply along dimension `channel` by `factor` (neurons,); a node of suppressed graphs."""
    shape = [1] * value.ndim
    shape[channel] = len(factor)
    return value * factor.to(value.dtype).reshape(shape)


class Suppressed:
    """A network whose named neurons give β times their output after activation, whatever β is at the time.

    neurons: layer name → indices. The graph is edited and written once for all β; weights are shared with the model,
    which is left as it is. Gradients flow through, so attacks on `network` are attacks on the suppressed network.
    """

    def __init__(self, model: AuditedModel, neurons: Neurons) -> None:
        self.network = sharing(model)
        self._device = next(iter(model.buffers())).device
        #: Tensors that the graph reads, and where in them β stands.
        self._factors: list[tuple[Tensor, Any]] = []
        nodes = {node.name: node for node in self.network.graph.graph.nodes}
        for name, chosen in neurons.items():
            layer = model.layer(name)
            point = layer.taps["act"]
            node = nodes[point.node]
            if node.target is _RELU and not node.kwargs:
                self._turn_relu(node, point, chosen)
            else:
                self._multiply(node, point, chosen, layer.info.neurons)
        self.network.edited()

    def _turn_relu(self, node: fx.Node, point: TapPoint, chosen: Sequence[int]) -> None:
        """Let a ReLU turn its neurons down itself, which costs no pass over its output."""
        beta = torch.ones((), device=self._device)
        places = torch.tensor(list(chosen), dtype=torch.int64, device=self._device)
        graph = self.network.graph.graph
        with graph.inserting_before(node):
            read = [graph.get_attr(self._keep(tensor)) for tensor in (places, beta)]
        self._factors.append((beta, ()))
        node.target, node.args = scaled_relu, (node.args[0], *read, point.channel)

    def _multiply(self, node: fx.Node, point: TapPoint, chosen: Sequence[int], neurons: int) -> None:
        """Multiply what any other node gives."""
        factor = torch.ones(neurons, device=self._device)
        self._factors.append((factor, list(chosen)))
        graph = self.network.graph.graph
        with graph.inserting_after(node):
            attribute = graph.get_attr(self._keep(factor))
        with graph.inserting_after(attribute):
            scaled = graph.call_function(scale_neurons, (node, attribute, point.channel))
        node.replace_all_uses_with(scaled, delete_user_cb=lambda user: user is not scaled)

    def _keep(self, tensor: Tensor) -> str:
        name = f"suppression_{sum(1 for _ in self.network.graph.buffers())}"
        self.network.graph.register_buffer(name, tensor)
        return name

    def turn(self, beta: float) -> AuditedModel:
        """Set β, of this very network, and return it: 1 changes nothing, 0 removes the neurons."""
        for factor, places in self._factors:
            factor[places] = beta
        return self.network


def control(model: AuditedModel, top: Neurons, seed: int, repeat: int) -> dict[str, tuple[int, ...]]:
    """As many neurons of each layer as `top` names, drawn from the rest (fewer where the rest is smaller)."""
    drawn = {}
    for i, (name, chosen) in enumerate(top.items()):
        rest = np.setdiff1d(np.arange(model.layer(name).info.neurons), list(chosen))
        picked = np.random.default_rng([seed, repeat, i]).permutation(rest)[: len(chosen)]
        drawn[name] = tuple(sorted(int(m) for m in picked))
    return drawn


def suppress(model: AuditedModel, neurons: Neurons, beta: float) -> AuditedModel:
    """A network of its own with one β, see `Suppressed`."""
    return Suppressed(model, neurons).turn(beta)
