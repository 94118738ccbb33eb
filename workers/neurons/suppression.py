"""Turning neurons down: does the network lean on its sensitive neurons? (SNS, section IV-D, Fig. 9.)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from openapi.attacks.base import Attack
from workers.attacks.engine.suite import run_attack
from workers.models.audited import AuditedModel
from workers.models.sharing import sharing

#: The multipliers of Fig. 9.
BETAS = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)

Neurons = Mapping[str, Sequence[int]]


def scale_neurons(value: Tensor, factor: Tensor, channel: int) -> Tensor:
    """Multiply along dimension `channel` by `factor` (neurons,); a node of suppressed graphs."""
    shape = [1] * value.ndim
    shape[channel] = len(factor)
    return value * factor.to(value.dtype).reshape(shape)


def suppress(model: AuditedModel, neurons: Neurons, beta: float) -> AuditedModel:
    """Return a network whose named neurons give β times their output after activation; the rest is shared.

    neurons: layer name → indices. β = 1 changes nothing, β = 0 removes them. Gradients flow through, so attacks on the
    result are attacks on the suppressed network.
    """
    suppressed = sharing(model)
    network = suppressed.graph
    nodes = {node.name: node for node in network.graph.nodes}
    device = next(iter(model.buffers())).device
    for i, (name, chosen) in enumerate(neurons.items()):
        layer = model.layer(name)
        point = layer.taps["act"]
        factor = torch.ones(layer.info.neurons)
        factor[list(chosen)] = beta
        network.register_buffer(f"suppression_{i}", factor.to(device))
        node = nodes[point.node]
        with network.graph.inserting_after(node):
            attribute = network.graph.get_attr(f"suppression_{i}")
        with network.graph.inserting_after(attribute):
            scaled = network.graph.call_function(scale_neurons, (node, attribute, point.channel))
        node.replace_all_uses_with(scaled, delete_user_cb=lambda user, keep=scaled: user is not keep)
    suppressed.set_batch_norm(False)  # writes the graph's code anew
    return suppressed


def control(model: AuditedModel, top: Neurons, seed: int, repeat: int) -> dict[str, tuple[int, ...]]:
    """As many neurons of each layer as `top` names, drawn from the rest (fewer where the rest is smaller)."""
    drawn = {}
    for i, (name, chosen) in enumerate(top.items()):
        rest = np.setdiff1d(np.arange(model.layer(name).info.neurons), list(chosen))
        picked = np.random.default_rng([seed, repeat, i]).permutation(rest)[: len(chosen)]
        drawn[name] = tuple(sorted(int(m) for m in picked))
    return drawn


@dataclass(frozen=True)
class SuppressionPoint:
    """Accuracies of one suppressed network: clean, and under each attack made anew against it."""

    group: Literal["sensitive", "control"]
    repeat: int
    beta: float
    clean_accuracy: float
    robust_accuracy: dict[str, float]


def suppression_curve(
    model: AuditedModel,
    top: Neurons,
    x: Tensor,
    y: Tensor,
    index: Tensor,
    *,
    attacks: Mapping[str, Attack],
    betas: Sequence[float] = BETAS,
    repeats: int = 3,
    seed: int = 0,
) -> tuple[SuppressionPoint, ...]:
    """Clean and robust accuracy against β for the sensitive neurons and for `repeats` random controls (Fig. 9).

    x: (n, c, h, w) in [0, 1], y, index: (n,); attacks: id → spec, at least one. Robust accuracy counts the samples that
    the suppressed network gets right and that its own attack does not fool.
    """
    groups: list[tuple[Literal["sensitive", "control"], int, Neurons]] = [("sensitive", 0, top)]
    groups += [("control", r, control(model, top, seed, r)) for r in range(repeats)]
    points = []
    for group, repeat, neurons in groups:
        for beta in betas:
            network = suppress(model, neurons, beta)
            runs = {
                name: run_attack(network, spec, x, y, index, seed=seed, num_classes=model.num_classes)
                for name, spec in attacks.items()
            }
            clean = float(next(iter(runs.values())).correct.mean())
            robust = {name: run.robust_accuracy for name, run in runs.items()}
            points.append(SuppressionPoint(group, repeat, beta, clean, robust))
    return tuple(points)
