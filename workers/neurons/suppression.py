"""Turning neurons down: does the network lean on its sensitive neurons? (SNS, section IV-D, Fig. 9.)"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from workers.models.audited import AuditedModel
from workers.models.sharing import sharing

#: Layer → its neurons that are turned down.
Neurons = Mapping[str, Sequence[int]]


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
        self._chosen: list[tuple[Tensor, list[int]]] = []
        graph = self.network.graph
        nodes = {node.name: node for node in graph.graph.nodes}
        device = next(iter(model.buffers())).device
        for i, (name, chosen) in enumerate(neurons.items()):
            layer = model.layer(name)
            point = layer.taps["act"]
            factor = torch.ones(layer.info.neurons, device=device)
            graph.register_buffer(f"suppression_{i}", factor)
            self._chosen.append((factor, list(chosen)))
            node = nodes[point.node]
            with graph.graph.inserting_after(node):
                attribute = graph.graph.get_attr(f"suppression_{i}")
            with graph.graph.inserting_after(attribute):
                scaled = graph.graph.call_function(scale_neurons, (node, attribute, point.channel))
            node.replace_all_uses_with(scaled, delete_user_cb=lambda user, keep=scaled: user is not keep)
        self.network.set_batch_norm(False)  # writes the graph's code anew

    def turn(self, beta: float) -> AuditedModel:
        """Set β, of this very network, and return it: 1 changes nothing, 0 removes the neurons."""
        for factor, chosen in self._chosen:
            factor[chosen] = beta
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
