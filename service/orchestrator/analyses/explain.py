"""The steps of explanations: one a slice of the attacked samples."""

from openapi.analyses.explain import EXPLAIN, ExplainOptions, ExplainParams
from openapi.attacks import AttackSpec
from openapi.attacks.base import AimedAttack
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.matching import class_names
from service.orchestrator.plan import Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from service.orchestrator.targets import aimed

(WORK,) = EXPLAIN.works


def steps(options: ExplainOptions, plan: Planning) -> list[Step]:
    """One step for each slice."""
    told = options.model_dump(exclude={"max_samples", "attack"})
    attack = _aimed(options, plan.model, plan.dataset)
    return [
        plan.step(
            EXPLAIN,
            (j,),
            plan.data(),
            ExplainParams(**plan.sliced(WORK, start, stop), **told, attack=attack),
            stop - start,
        )
        for j, start, stop in plan.slices(options.max_samples)
    ]


def _aimed(options: ExplainOptions, model: ModelSubject, dataset: DatasetSubject) -> AttackSpec:
    """The attack with its target's number, where it names a class."""
    try:
        (attack,) = aimed((options.attack,), class_names(model, dataset), model.inspection.num_classes, "/explain")
    except InvalidField as error:
        raise InvalidField("/explain/attack/target", error.detail) from error
    return attack


def check(options: ExplainOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` when the model cannot be attacked or explained so."""
    _aimed(options, model, dataset)
    if options.targets is not None and not isinstance(options.attack, AimedAttack):
        raise InvalidField("/explain/targets", f"{options.attack.name} does not aim at a class; set null, or take pgd")
    if options.layer is not None and options.layer not in {layer.name for layer in model.inspection.layers}:
        raise InvalidField("/explain/layer", f"the model {model.name!r} has no layer {options.layer!r}")
    if not model.inspection.differentiable:
        if not options.attack.facts.black_box:
            raise InvalidField(
                "/explain/attack/name", f"{options.attack.name} needs gradients, and the model {model.name!r} has none"
            )
        if options.map == "asm":
            raise InvalidField("/explain/map", f"asm needs gradients, and the model {model.name!r} has none")


PLAN = Plan(steps, check)
