"""The steps of σ: dual pairs and their sums, one step a slice, in the phase of the attacks."""

from openapi.analyses.sensitivity import SensitivityOptions
from openapi.stages.base import Stage
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.plan import Step

#: σ is measured beside the attacks.
PHASE = "attacks"


def sums_name(slice: int) -> str:
    """The step that leaves the sums of a slice."""
    return f"sums.{slice}"


def steps(options: SensitivityOptions, plan: Planning) -> list[Step]:
    """One step for each slice of the samples that make dual pairs."""
    return [
        Step(
            PHASE,
            sums_name(j),
            Stage.NEURONS,
            plan.data(),
            {
                "neurons": options.model_dump(mode="json", by_alias=True, include=set(SensitivityOptions.model_fields)),
                "keep_examples": plan.request.keep_examples,
                **plan.sliced(start, stop),
            },
            weight=float(stop - start),
            unit="samples",
            execution={"batch_size": plan.request.execution.batch_size},
        )
        for j, start, stop in plan.slices(options.max_samples)
    ]


PLAN = Plan(steps)
