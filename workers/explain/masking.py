"""Units zeroed as a defence: accuracies against their number, the most sensitive ones beside random ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from torch import Tensor

from openapi.attacks import Attack
from workers.attacks.engine.suite import run_attack
from workers.models.audited import AuditedModel
from workers.neurons.suppression import suppress

Group = Literal["sensitive", "random"]


@dataclass(frozen=True)
class MaskedCounts:
    """How many of n samples a network with `masked` zeroed units gets right, and how many of those each attack, made
    anew against it, does not fool. Counts of slices add up."""

    group: Group
    masked: int
    n: int
    clean: int
    robust: dict[str, int]


def masked_units(ranking: npt.NDArray[np.int64], count: int, group: Group, seed: int) -> tuple[int, ...]:
    """The first `count` of a ranking (units,), the most sensitive first, or as many drawn from all units.

    More random ones contain fewer: one permutation by the seed.
    """
    order = ranking if group == "sensitive" else np.random.default_rng([seed, len(ranking)]).permutation(len(ranking))
    return tuple(int(unit) for unit in order[:count])


def masking_counts(
    model: AuditedModel,
    layer: str,
    ranking: npt.NDArray[np.int64],
    counts: Sequence[int],
    attacks: Mapping[str, Attack],
    x: Tensor,
    y: Tensor,
    index: Tensor,
    *,
    seed: int = 0,
    groups: Sequence[Group] = ("sensitive", "random"),
    batch_size: int | None = None,
    progress: Callable[[float, float], None] = lambda done, total: None,
) -> list[MaskedCounts]:
    """Zero so many units of a layer after activation, and attack what is left.

    ranking: all units of the layer, the most sensitive first; counts: at most as many each; attacks: id → spec, at
    least one; x: (n, c, h, w) in [0, 1], y, index: (n,). progress(done, total): networks.
    """
    points: list[MaskedCounts] = []
    for group in groups:
        for count in counts:
            network = suppress(model, {layer: masked_units(ranking, count, group, seed)}, 0.0)
            runs = {
                name: run_attack(
                    network, spec, x, y, index, seed=seed, num_classes=model.num_classes, batch_size=batch_size
                )
                for name, spec in attacks.items()
            }
            clean = int(next(iter(runs.values())).correct.sum())
            robust = {name: int((run.correct & ~run.success).sum()) for name, run in runs.items()}
            points.append(MaskedCounts(group, count, len(x), clean, robust))
            progress(len(points), len(groups) * len(counts))
    return points
