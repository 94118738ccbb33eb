"""The steps of σ: dual pairs and their sums, one step a slice, in the phase of the attacks."""

from openapi.analyses.sensitivity import SensitivityOptions
from openapi.stages.base import Stage
from openapi.stages.neurons import NeuronsParams
from openapi.stages.places import Place
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.plan import Step

#: σ is measured beside the attacks.
PHASE = "attacks"


def steps(options: SensitivityOptions, plan: Planning) -> list[Step]:
    """One step for each slice of the samples that make dual pairs."""
    own = SensitivityOptions(**{name: getattr(options, name) for name in SensitivityOptions.model_fields})
    return [
        Step.of_samples(
            PHASE,
            str(Place.of_neurons(j)),
            Stage.NEURONS,
            plan.data(),
            NeuronsParams(neurons=own, keep_examples=plan.request.keep_examples, **plan.samples(start, stop)),
            stop - start,
            plan.request.execution,
        )
        for j, start, stop in plan.slices(options.max_samples)
    ]


PLAN = Plan(steps)
