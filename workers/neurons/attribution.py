"""What neurons of any layer have to do with the answer: other rankings than sensitivity, for the causal check.

Both are read after activation, where `suppression` turns neurons down. Gradients pass the whole network, so that the
model must give one.
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from openapi.analyses.suppression import Attributed
from workers.attacks.engine.victim import frozen
from workers.models.audited import AuditedModel, Tapped
from workers.neurons.exact import ExactSum, Floats

_STEPS = 8


def importance(tapped: Tapped, x_adv: Tensor) -> dict[str, Tensor]:
    """Σ F(x') ∂z_a/∂F(x') over a neuron's elements, a the answer to x': {layer: (n, neurons)} float64.

    To first order what the logit loses when the neuron is turned off; for the penultimate neurons of a linear head
    exactly φ of SNS, Eq. 3 (for other layers ours). x_adv: (n, c, h, w).
    """
    activations, gradients, _ = _gradients(tapped, x_adv, lambda z: z.gather(1, z.argmax(1, keepdim=True)))
    return {name: _sum(activations[name] * gradients[name]) for name in activations}


def conductance(tapped: Tapped, x: Tensor, x_adv: Tensor, y: Tensor, steps: int = _STEPS) -> dict[str, Tensor]:
    """Σ_t ∂m/∂F(x_t) (F(x_{t+1}) − F(x_t)) along the straight line from x to x': {layer: (n, neurons)} float64.

    The part of the margin m = z_a − z_y that the attack gains through the neuron (Dhamdhere, Sundararajan and Yan, "How
    Important Is a Neuron?", ICLR 2019); a is the
    answer to x', or the runner-up where that is y. The neurons of a layer that everything passes add up to m(x') − m(x)
    as `steps` grows. y: (n,) labels.
    """
    with torch.no_grad():
        z = tapped.model(x_adv)
    rivals = z.scatter(1, y[:, None], -torch.inf).argmax(1, keepdim=True)

    def margin(logits: Tensor) -> Tensor:
        return logits.gather(1, rivals) - logits.gather(1, y[:, None])

    total: dict[str, Tensor] = {}
    before: Mapping[str, Tensor] = {}
    slope: Mapping[str, Tensor] = {}
    for t in range(steps + 1):
        at = x + (x_adv - x) * (t / steps)
        activations, gradients, _ = _gradients(tapped, at, margin)
        for name, value in activations.items():
            if t:  # the trapezoidal rule: the slope between two points is the mean of theirs
                part = _sum((value - before[name]) * (slope[name] + gradients[name]) / 2)
                total[name] = total[name] + part if name in total else part
        before, slope = activations, gradients
    return total


class AttributionSums:
    """Mean attributions of every layer's neurons, streamed over images and merged exactly."""

    def __init__(self) -> None:
        self.n = 0
        self._sums: dict[str, ExactSum] = {}

    def add(self, values: Mapping[str, Tensor]) -> None:
        """Add a batch: {layer: (n, neurons)}, the same layers each time."""
        self.n += len(next(iter(values.values()), ()))
        for name, rows in values.items():
            self._sums.setdefault(name, ExactSum()).add(rows.cpu().numpy())

    def merge(self, other: "AttributionSums") -> None:
        """Add another slice's images."""
        self.n += other.n
        for name, total in other._sums.items():
            self._sums.setdefault(name, ExactSum()).merge(total)

    def arrays(self) -> dict[str, Floats]:
        """(2, neurons) a layer, by its name: what a file keeps of it beside `n`; `of` reads it back bit for bit."""
        return {name: total.pair(()) for name, total in self._sums.items()}

    @classmethod
    def of(cls, data: Mapping[str, Floats], n: int) -> "AttributionSums":
        """Read back what `arrays` gave."""
        found = cls()
        found.n, found._sums = n, {name: ExactSum.of(pair) for name, pair in data.items()}
        return found

    def mean(self) -> dict[str, Floats]:
        """Mean over the images, by layer: (neurons,), signed; empty without an image."""
        return {name: total.value / self.n for name, total in self._sums.items() if total.value is not None}


def _gradients(
    tapped: Tapped, x: Tensor, score: Callable[[Tensor], Tensor]
) -> tuple[dict[str, Tensor], dict[str, Tensor], Tensor]:
    """Activations, their gradients of each image's score, and the logits; nothing keeps a graph."""
    with frozen(tapped.model), torch.enable_grad():
        logits, activations = tapped(x.detach().requires_grad_())
        found = torch.autograd.grad(score(logits).sum(), list(activations.values()), allow_unused=True)
    gradients = {
        name: torch.zeros_like(value) if gradient is None else gradient
        for (name, value), gradient in zip(activations.items(), found, strict=True)
    }
    return {name: value.detach() for name, value in activations.items()}, gradients, logits.detach()


def _sum(values: Tensor) -> Tensor:
    """Sum over all but images and neurons, in float64."""
    return values.double().flatten(2).sum(2) if values.ndim > 2 else values.double()


def attribute(
    model: AuditedModel,
    kind: Attributed,
    x: Tensor,
    x_adv: Tensor,
    y: Tensor,
    layers: Sequence[str],
    steps: int = _STEPS,
) -> dict[str, Tensor]:
    """Either of the two, for the neurons of `layers`: see `importance` and `conductance`."""
    tapped = model.tapped("act", layers)
    return importance(tapped, x_adv) if kind == "importance" else conductance(tapped, x, x_adv, y, steps)
