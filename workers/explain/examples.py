"""The adversarial examples that are explained: those that succeeded, with the class that each aims at."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from openapi.analyses.explain import Targets
from openapi.attacks import AttackSpec
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.suite import run_attack
from workers.attacks.engine.targets import random_class, runner_up
from workers.explain.passes import passes
from workers.models.audited import AuditedModel


@dataclass(frozen=True)
class Examples:
    """n successes among `tried` attacked images: x, x_adv (n, c, h, w), label, target, index (n,).

    target: the class aimed at, of an untargeted attack the one reached; aimed: (n,) bool, whether success is to reach
    it.
    """

    tried: int
    x: Tensor
    x_adv: Tensor
    label: Tensor
    target: Tensor
    aimed: Tensor
    index: Tensor


def examples_of(
    model: AuditedModel,
    spec: AttackSpec,
    targets: Targets | None,
    x: Tensor,
    y: Tensor,
    index: Tensor,
    *,
    seed: int,
    free: Tensor | None = None,
    batch_size: int | None = None,
    progress: Callable[[float, float], None] | None = None,
) -> Examples:
    """Attack images and keep what succeeds.

    targets: `runner_up` or `random` (by seed and index) gives each sample a class of its own, and only examples of that
    class count; None leaves it to the attack. free, progress: see `run_attack`. Raises what `run_attack` raises.
    """
    options = {"seed": seed, "batch_size": batch_size, "num_classes": model.num_classes}
    if targets is None:
        run = run_attack(model, spec, x, y, index, free=free, progress=progress, **options)  # type: ignore[arg-type]
        success = torch.from_numpy(run.success).to(x.device)
        x_adv, reached = run.x_adv.to(x.device), torch.from_numpy(run.adv_predicted).to(x.device)
        rows = success.nonzero().flatten()
        aimed = torch.from_numpy(run.reached).to(x.device)[rows]
        return Examples(int(run.attacked.sum()), x[rows], x_adv[rows], y[rows], reached[rows], aimed, index[rows])
    goals = _goals(model, targets, x, y, index, seed)
    x_adv, success, tried = x.clone(), torch.zeros(len(x), dtype=torch.bool, device=x.device), 0
    seen = 0
    for goal in goals.unique().tolist():
        at = (goals == goal).nonzero().flatten()
        aimed_spec = spec.model_copy(
            update={"target": goal, **({"targeted": True} if hasattr(spec, "targeted") else {})}
        )
        some = None if free is None else free[at.cpu()]
        run = run_attack(model, aimed_spec, x[at], y[at], index[at], free=some, **options)  # type: ignore[arg-type]
        x_adv[at] = run.x_adv.to(x.device)
        success[at] = torch.from_numpy(run.reached).to(x.device)
        tried += int(run.attacked.sum())
        seen += len(at)
        if progress is not None:
            progress(seen, len(x))
    rows = success.nonzero().flatten()
    aimed = torch.ones(len(rows), dtype=torch.bool, device=x.device)
    return Examples(tried, x[rows], x_adv[rows], y[rows], goals[rows], aimed, index[rows])


def _goals(model: AuditedModel, targets: Targets, x: Tensor, y: Tensor, index: Tensor, seed: int) -> Tensor:
    if targets == "random":
        return random_class(SampleRng(seed, index, "explain.target"), y, model.num_classes)
    with passes(model, x) as made:
        victim = made.over(index)
        return runner_up(victim.logits(x, victim.everyone), y)
