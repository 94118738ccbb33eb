"""The steps of explanations: one a slice of the attacked samples."""

from openapi.analyses.explain import EXPLAIN, ExplainOptions, ExplainParams
from openapi.analyses.masking import MaskingOptions
from openapi.attack_ids import attack_ids
from openapi.attacks import AttackSpec
from openapi.attacks.base import AimedAttack
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses import dissection, masking
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.analyses.layers import check_maps, layer_of
from service.orchestrator.masks import check_mask, check_masks, masks_of, regions_of
from service.orchestrator.matching import class_names
from service.orchestrator.plan import Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from service.orchestrator.targets import aimed

WORK = EXPLAIN.works[0]


def steps(options: ExplainOptions, plan: Planning) -> list[Step]:
    """One step for each slice, and for each slice and attack that is compared: ``explain.SLICE[.ATTACK]``."""
    told = options.model_dump(exclude={"max_samples", "attack", "compare", "targets", "masking", "dissection"})
    told["map"] = options.map or "cam"
    if options.layer is not None:
        told["layer"] = layer_of(options.layer, plan.model, "/explain/layer")
    found = []
    for i, attack in enumerate(_aimed(options, plan.model, plan.dataset)):
        targets = options.targets if isinstance(attack, AimedAttack) else None
        for j, start, stop in plan.slices(options.max_samples):
            params = ExplainParams(
                **plan.sliced(WORK, start, stop),
                **told,
                attack=attack.model_copy(update={"id": None}),
                targets=targets,
                regions=regions_of(plan.dataset, attack),
            )
            inputs = plan.data() | masks_of(plan.dataset, attack)
            found.append(plan.step(EXPLAIN, (j, i) if i else (j,), inputs, params, stop - start))
    found += [] if options.masking is None else masking.steps(options.masking, plan)
    return found + ([] if options.dissection is None else dissection.steps(options.dissection, plan))


def _aimed(options: ExplainOptions, model: ModelSubject, dataset: DatasetSubject) -> tuple[AttackSpec, ...]:
    """The attacks, `attack` first, with the targets' numbers where they name classes."""
    names, classes = class_names(model, dataset), model.inspection.num_classes
    try:
        first = aimed((options.attack,), names, classes, "/explain")
    except InvalidField as error:
        raise InvalidField("/explain/attack/target", error.detail) from error
    return first + aimed(options.compare, names, classes, "/explain/compare")


def check(options: ExplainOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` when the model cannot be attacked or explained so."""
    _aimed(options, model, dataset)
    _check_ids(options)
    check_mask(options.attack, dataset, "/explain/attack/mask")
    check_masks(options.compare, dataset, "/explain/compare")
    if options.targets is not None and not isinstance(options.attack, AimedAttack):
        raise InvalidField("/explain/targets", f"{options.attack.name} does not aim at a class; set null, or take pgd")
    if options.layer is not None:
        if options.map == "asm":
            raise InvalidField(
                "/explain/layer", "saliency maps (asm) are of the image itself; set null, or take `map: cam`"
            )
        name = layer_of(options.layer, model, "/explain/layer")
        if any(len(layer.shape) == 1 for layer in model.inspection.layers if layer.name == name):
            raise InvalidField("/explain/layer", f"{name!r} keeps no places of the image apart; choose a layer before")
    if options.map == "cam" and options.layer is None:
        check_maps(model, "/explain/map")
    if not model.inspection.differentiable:
        _check_black_box(options, model)
    for part in without(options, request, model, dataset).values():
        raise part


def without(
    options: ExplainOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject
) -> dict[str, InvalidField]:
    """The parts that cannot be done, and why."""
    reasons: dict[str, InvalidField] = {}
    for name, part in (("masking", options.masking), ("dissection", options.dissection)):
        try:
            if isinstance(part, MaskingOptions):
                masking.check(part, request, model, dataset)
            elif part is not None:
                dissection.check(part, request, model, dataset)
        except InvalidField as error:
            reasons[name] = error
    return reasons


def _lessened(
    options: ExplainOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject
) -> ExplainOptions | None:
    """The options without the parts that cannot be done; None where the rest cannot either."""
    left = options.model_copy(update=dict.fromkeys(without(options, request, model, dataset)))
    try:
        check(left, request, model, dataset)
    except InvalidField:
        return None
    return left


def _check_ids(options: ExplainOptions) -> None:
    try:
        attack_ids((options.attack, *options.compare))
    except InvalidField as error:
        raise InvalidField("/explain/compare", error.detail) from error


def _check_black_box(options: ExplainOptions, model: ModelSubject) -> None:
    """Refuse what needs gradients."""
    pointers = ("/explain/attack", *(f"/explain/compare/{i}" for i in range(len(options.compare))))
    for pointer, attack in zip(pointers, (options.attack, *options.compare), strict=True):
        if not attack.facts.black_box:
            raise InvalidField(
                f"{pointer}/name", f"{attack.name} needs gradients, and the model {model.name!r} has none"
            )
    for pointer, asked in (("/explain/map", options.map == "asm"), ("/explain/layer", options.layer is not None)):
        if asked:
            what = "asm" if pointer.endswith("map") else "Grad-CAM at a layer"
            raise InvalidField(pointer, f"{what} needs gradients, and the model {model.name!r} has none; leave it null")


PLAN = Plan(steps, check, _lessened)
