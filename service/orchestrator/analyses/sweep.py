"""The steps of the sweep over ε: one for each eps and slice."""

from openapi.analyses.sweep import SWEEP, WORK, SweepOptions, SweepParams
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.plan import Step


def steps(options: SweepOptions, plan: Planning) -> list[Step]:
    """Slice by slice, so that every eps is known early on the first samples."""
    neurons = plan.neurons
    return [
        plan.step(
            SWEEP,
            (i, j),
            plan.data(),
            SweepParams(eps=eps, steps=neurons.steps, taps=options.taps, **plan.sliced(WORK, start, stop)),
            stop - start,
        )
        for j, start, stop in plan.slices(options.max_samples)
        for i, eps in enumerate(options.eps)
    ]


PLAN = Plan(steps)
