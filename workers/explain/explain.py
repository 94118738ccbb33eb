"""One batch of adversarial examples explained: effects of groups, maps, scores, and pruned perturbations."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from workers.attacks.engine.victim import Victim
from workers.attacks.maths.balls import distance
from workers.attacks.minimal.pixel_groups import Groups
from workers.explain.class_maps import ClassMaps, upsampled
from workers.explain.examples import Examples
from workers.explain.interpretability import highest, interpretability
from workers.explain.passes import in_full_batches, passes
from workers.explain.promotion import Effects, effects
from workers.explain.refinement import Success, refine
from workers.explain.saliency import saliency_maps
from workers.explain.shares import QUANTILES
from workers.models.audited import AuditedModel
from workers.models.differentiability import tells_by_gradients

#: How maps are made: by `ClassMaps`, as saliency, or not at all.
Mapping = ClassMaps | Literal["asm"] | None


@dataclass(frozen=True)
class Explained:
    """What is known of n examples.

    maps: (n, 4, h, w) of (x, t0), (x, t), (x', t0), (x', t), and from the first two score and chance, (n, 2, quantiles
    and the chosen one last); None without maps. refined: (n, c, h, w) and whether it still fools (n,); None where it
    was not asked for. l2: (n,) of the perturbation, and of the refined one.
    """

    effects: Effects
    maps: Tensor | None
    score: Tensor | None
    chance: Tensor | None
    refined: Tensor | None
    success: Tensor | None
    l2: Tensor
    l2_refined: Tensor | None


def explain(
    model: AuditedModel,
    examples: Examples,
    groups: Groups,
    mapping: Mapping,
    *,
    quantile: float,
    refinement: bool,
    batch_size: int | None = None,
) -> Explained:
    """Explain successes, one at least; each number is of its sample alone."""
    x, x_adv, true, target = examples.x, examples.x_adv, examples.label, examples.target
    with passes(model, x, batch_size=batch_size, gradient=model.differentiable) as made:
        victim = made.over(examples.index)
        does = effects(victim, x, x_adv, true, target, groups)
        maps = None
        if mapping is not None:
            maps = torch.cat([_maps(mapping, victim, images, true, target) for images in (x, x_adv)], 1)
        score, chance = (None, None) if maps is None else _scores(x_adv - x, maps[:, :2], quantile)
        refined = success = None
        if refinement:
            clean = victim.logits(x, victim.everyone)
            fools = Success(victim, true, target, examples.aimed, clean)
            seen = torch.ones_like(x[:, :1]).expand(-1, 2, -1, -1) if maps is None else maps[:, :2]
            refit = maps is not None and tells_by_gradients(model)
            refined = refine(fools, x, x_adv, seen, does, groups, quantile=quantile, refit=refit).x
            success = fools.still(refined)
    l2_refined = None if refined is None else distance(refined, x, "l2")
    return Explained(does, maps, score, chance, refined, success, distance(x_adv, x, "l2"), l2_refined)


def _maps(mapping: Mapping, victim: Victim, x: Tensor, true: Tensor, target: Tensor) -> Tensor:
    """Maps (n, 2, h, w) of some images for both classes."""
    if not isinstance(mapping, ClassMaps):
        return saliency_maps(victim, x, true, target)
    classes = torch.stack([true, target], 1)
    parts = [upsampled(mapping(x[s], classes[s]), x.shape[2], x.shape[3]) for s in in_full_batches(len(x), victim.tile)]
    return torch.cat(parts)


def _scores(delta: Tensor, maps: Tensor, quantile: float) -> tuple[Tensor, Tensor]:
    """IS and chance of both classes at every quantile and at the chosen one: (n, 2, quantiles + 1) float64."""
    levels = (*QUANTILES, quantile)
    found = [[interpretability(delta, highest(maps[:, c], q)) for q in levels] for c in (0, 1)]
    score, chance = (torch.stack([torch.stack([one[k] for one in row], 1) for row in found], 1) for k in (0, 1))
    return score, chance
