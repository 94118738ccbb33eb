"""Which layers robustness hangs on: what is lost of it when one layer has its worst weights, or its former ones.

The first follows the module robust criticality of Zhu et al. (RiFT, ICCV 2023): the largest rise of the loss on
adversarial images while the weights of one module move by so much of their norm. Ours: one gradient step finds the
move, and a layer is a module. The second is the restoration of Zhang et al. (Are all layers created equal?, JMLR 2022).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from openapi.hardening_options import Criticality, HardenOptions
from openapi.stages.harden import LayerCriticality, MeasuredCriticality
from workers.attacks.ball.pairs import dual_pairs, tiles
from workers.hardening.data import Rows
from workers.hardening.saved import Tensors, copies, put
from workers.hardening.setbacks import half
from workers.hardening.weight_perturbation import perturbed
from workers.models.audited import AuditedModel
from workers.refusals import out_of_memory

#: Length of a layer's worst move, as a share of each weight's norm.
WORST_MOVE = 0.02
#: eps is halved so often at most, until the network has this share of its clean accuracy left to lose.
HALVINGS = 6
LEFT_TO_LOSE = 0.25

#: Changes one layer of the network for a while.
Changed = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Adversarial:
    """Images x' with their labels, at a radius at which the network has something to lose; they stay as they are."""

    eps: float
    batches: tuple[tuple[Tensor, Tensor], ...]

    @classmethod
    def against(cls, model: AuditedModel, batches: Sequence[Rows], options: HardenOptions, seed: int) -> "Adversarial":
        """PGD of at least 10 steps against the present weights, from the training eps downwards by halves."""
        clean = cls(0.0, tuple((rows.x, rows.y) for rows in batches)).measure(model)[0]
        for halved in range(HALVINGS + 1):
            eps = options.eps / 2**halved
            found = cls(eps, tuple((_pairs(model, rows, eps, options.steps, seed), rows.y) for rows in batches))
            if found.measure(model)[0] >= LEFT_TO_LOSE * clean:
                break
        return found

    @torch.no_grad()
    def measure(self, model: AuditedModel) -> tuple[float, float]:
        """Accuracy and mean cross-entropy on these images."""
        right, loss, n = 0, 0.0, 0
        for x, y in self.batches:
            z = model(x)
            right, n = right + int((z.argmax(1) == y).sum()), n + len(y)
            loss += float(F.cross_entropy(z, y, reduction="sum"))
        return right / n, loss / n

    def losses(self, model: AuditedModel, most: int) -> Iterator[Callable[[], Tensor]]:
        """The terms of the cross-entropy summed over these images, each of at most so many."""
        for x, y in self.batches:
            for rows in tiles(len(x), most):
                yield partial(_loss, model, x[rows], y[rows])


def at_worst_weights(
    model: AuditedModel, layers: Sequence[str], images: Adversarial, report: Callable[[int], None]
) -> MeasuredCriticality:
    """What each layer's own worst move costs on `images`. The network is left as it was."""
    parameters, most = model.trainable_parameters(), max(len(y) for _, y in images.batches)

    @contextmanager
    def moved(layer: str) -> Iterator[None]:
        nonlocal most
        weights = [parameters[name] for name in model.layer_parameters(layer)]
        with torch.enable_grad(), ExitStack() as stack:
            entered = False
            while not entered:
                try:
                    stack.enter_context(perturbed(weights, (), images.losses(model, most), WORST_MOVE))
                    entered = True
                except (RuntimeError, MemoryError) as error:
                    if not out_of_memory(error):
                        raise
                    most = half(most, error)
            yield

    return _measured("weights", model, layers, images, moved, report)


def at_former_weights(
    model: AuditedModel, former: Tensors, layers: Sequence[str], images: Adversarial, report: Callable[[int], None]
) -> MeasuredCriticality:
    """What it costs on `images` when a layer has its `former` weights again. The network is left as it was."""
    parameters = model.trainable_parameters()

    @contextmanager
    def restored(layer: str) -> Iterator[None]:
        own = {name: parameters[name] for name in model.layer_parameters(layer)}
        present = copies(own)
        put(own, {name: former[name] for name in own})
        try:
            yield
        finally:
            put(own, present)

    return _measured("restoration", model, layers, images, restored, report)


def most_critical(found: MeasuredCriticality) -> tuple[str, ...]:
    """The layers that lose more than the mean layer does, in order of execution.

    Of accuracy; where none loses any, the rise of the loss decides.
    """
    by_accuracy = any(layer.accuracy_lost > 0 for layer in found.layers)
    costs = [layer.accuracy_lost if by_accuracy else layer.loss_rise for layer in found.layers]
    mean = sum(costs) / len(costs)
    chosen = tuple(layer.layer for layer, cost in zip(found.layers, costs, strict=True) if cost > mean)
    return chosen or tuple(layer.layer for layer in found.layers)


def least_critical(found: MeasuredCriticality) -> str:
    """The layer that loses least, the rise of the loss deciding among equals."""
    return min(found.layers, key=lambda layer: (layer.accuracy_lost, layer.loss_rise)).layer


def _measured(
    by: Criticality,
    model: AuditedModel,
    layers: Sequence[str],
    images: Adversarial,
    changed: Changed,
    report: Callable[[int], None],
) -> MeasuredCriticality:
    accuracy, loss = images.measure(model)
    found = []
    for i, layer in enumerate(layers):
        with changed(layer):
            after, risen = images.measure(model)
        found.append(LayerCriticality(layer=layer, accuracy_lost=accuracy - after, loss_rise=risen - loss))
        report(i + 1)
    return MeasuredCriticality(by=by, eps=images.eps, accuracy=accuracy, layers=tuple(found))


def _loss(model: AuditedModel, x: Tensor, y: Tensor) -> Tensor:
    return F.cross_entropy(model(x), y, reduction="sum")


def _pairs(model: AuditedModel, rows: Rows, eps: float, steps: int, seed: int) -> Tensor:
    return dual_pairs(model, rows.x, rows.y, rows.index, seed=seed, eps=eps, steps=max(10, steps))
