"""The steps of suppression: Ω from the sums of all slices, and then a step a group of neurons and slice."""

from openapi.analyses.suppression import (
    ATTRIBUTED,
    ATTRIBUTION,
    OMEGA,
    SUPPRESSED,
    SUPPRESSION,
    AttributionFile,
    AttributionParams,
    OmegaParams,
    SuppressedParams,
    SuppressionOptions,
)
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Plan, Planning, step_name
from service.orchestrator.masks import refuse_masks
from service.orchestrator.matching import class_names
from service.orchestrator.plan import OutputOf, Step, ValueOf
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from service.orchestrator.targets import aimed

POINTER = f"/neurons/{SUPPRESSION.name}/attacks"


def hidden_layers(model: ModelSubject) -> tuple[str, ...]:
    """The layers whose outputs are not the logits, in order of execution."""
    layers = sorted(model.inspection.layers, key=lambda layer: layer.depth)
    logits = (1, model.inspection.num_classes)
    while layers and layers[-1].neurons in logits and not layers[-1].shape[1:]:
        layers.pop()
    return tuple(layer.name for layer in layers)


def steps(options: SuppressionOptions, plan: Planning) -> list[Step]:
    """The group of sensitive neurons is number 0, controls are 1 and up."""
    specs = aimed(options.attacks, class_names(plan.model, plan.dataset), plan.model.inspection.num_classes, POINTER)
    omega = OmegaParams(
        work=OMEGA.name,
        version=OMEGA.version,
        layers=hidden_layers(plan.model),
        fraction=options.fraction,
        ranking=options.ranking,
        zero_policy=plan.neurons.zero_policy,
        seed=plan.request.seed,
    )
    found = _attributions(options, plan)
    sums = {f"attributions.{j}": OutputOf(step.name, AttributionFile.ATTRIBUTIONS) for j, step in enumerate(found)}
    found.append(plan.step(SUPPRESSION, (0,), sums or plan.sums(), omega, 1))
    for j, start, stop in plan.slices(options.max_samples):
        for group in range(options.repeats + 1):
            # At β = 1 every group is the network as it is: the first one tells of all.
            betas = tuple(beta for beta in options.betas if not group or beta != 1)
            if not betas:
                continue
            params = SuppressedParams(
                omega={},
                repeat=group - 1 if group else None,
                betas=betas,
                attacks=tuple(spec.model_copy(update={"id": None}) for spec in specs),
                **plan.sliced(SUPPRESSED, start, stop),
            )
            values = {"omega": ValueOf(step_name(OMEGA.name, (0,)), "omega")}
            weight = (stop - start) * len(betas) * len(specs)
            found.append(plan.step(SUPPRESSION, (group, j), plan.data(), params, weight, values))
    return found


def _attributions(options: SuppressionOptions, plan: Planning) -> list[Step]:
    """One a slice of the dual pairs, where the ranking is by them."""
    if options.ranking not in ATTRIBUTED:
        return []
    pairs = {name: getattr(plan.neurons, name) for name in ("eps", "steps", "step_size")}
    told = {"kind": options.ranking, "layers": hidden_layers(plan.model), **pairs}
    return [
        plan.step(
            SUPPRESSION,
            (j,),
            plan.data(),
            AttributionParams(**plan.sliced(ATTRIBUTION, start, stop), **told),
            stop - start,
        )
        for j, start, stop in plan.slices(plan.neurons.max_samples)
    ]


def check(options: SuppressionOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` without a hidden layer, or when an attack aims at no class."""
    if not hidden_layers(model):
        raise InvalidField(f"/neurons/{SUPPRESSION.name}", f"the model {model.name!r} has no hidden layer to turn down")
    aimed(options.attacks, class_names(model, dataset), model.inspection.num_classes, POINTER)
    refuse_masks(options.attacks, POINTER)


PLAN = Plan(steps, check)
