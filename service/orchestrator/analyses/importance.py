"""The steps of importance, which similarity shares: targeted pairs, a step for a few targets and a slice."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from openapi.analyses.base import Analysis
from openapi.analyses.importance import IMPORTANCE, MOST_TARGETS, TARGETED, ImportanceOptions, TargetedParams
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.analyses.layers import check_head
from service.orchestrator.plan import Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject

#: Targets of one step: their pairs share the pass of the images, of which five need six passes instead of ten.
_TOGETHER = 5


def targets_of(options: ImportanceOptions, model: ModelSubject) -> tuple[int, ...]:
    """The classes that are aimed at, ascending."""
    every = range(model.inspection.num_classes)
    return tuple(every) if options.targets == "all" else tuple(sorted(set(options.targets)))


def together(targets: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The targets of each step: in order, as few steps as may be, and as even as may be."""
    steps = -(-len(targets) // _TOGETHER)
    cuts = [round(i * len(targets) / steps) for i in range(steps + 1)]
    return [targets[start:stop] for start, stop in pairwise(cuts)]


def targeted_steps(analysis: Analysis[Any, Any], options: ImportanceOptions, plan: Planning) -> list[Step]:
    """Slice by slice, so that every target is known early on the first samples."""
    neurons = plan.neurons

    def params(target: int, more: Sequence[int], start: int, stop: int) -> TargetedParams:
        return TargetedParams(
            **plan.sliced(TARGETED, start, stop),
            target=target,
            more=tuple(more),
            eps=options.eps or neurons.eps,
            steps=options.steps or neurons.steps,
            k=options.k,
            tap=neurons.tap,
            keep_examples=plan.request.keep_examples,
        )

    return [
        plan.step(
            analysis,
            (target, j),
            plan.data(),
            params(target, more, start, stop),
            (stop - start) * (1 + len(more)),
        )
        for j, start, stop in plan.slices(options.max_samples)
        for target, *more in together(targets_of(options, plan.model))
    ]


def steps(options: ImportanceOptions, plan: Planning) -> list[Step]:
    """See `targeted_steps`."""
    return targeted_steps(IMPORTANCE, options, plan)


def check(options: ImportanceOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` without a last layer, when a target is no class, or there are too many."""
    check_head(model, f"/neurons/{IMPORTANCE.name}")
    classes = model.inspection.num_classes
    pointer = f"/neurons/{IMPORTANCE.name}/targets"
    if options.targets == "all":
        if classes > MOST_TARGETS:
            raise InvalidField(pointer, f"the model has {classes} classes; name at most {MOST_TARGETS} of them")
        return
    if len(options.targets) > MOST_TARGETS:
        raise InvalidField(pointer, f"{len(options.targets)} targets; name at most {MOST_TARGETS}")
    for i, target in enumerate(options.targets):
        if target >= classes:
            raise InvalidField(f"{pointer}/{i}", f"the model has {classes} classes, 0 to {classes - 1}")


PLAN = Plan(steps, check)
