"""Does the request fit the model and the data? Every misfit is a 422 that names the request's field."""

from collections.abc import Sequence

from openapi.attacks import AttackSpec
from openapi.audits import AuditRequest
from openapi.hardening_options import HardenOptions
from openapi.hardenings import HardeningRequest
from openapi.layer_names import named_layers
from openapi.metric_names import called
from openapi.metrics import metric_errors
from openapi.near_misses import named, near_misses
from openapi.problems import InvalidField, InvalidFields
from openapi.report import ClassReport
from openapi.samples import check_indices
from service.orchestrator.analyses import check_neurons, check_own
from service.orchestrator.analyses.dissection import check_concepts
from service.orchestrator.masks import check_masks
from service.orchestrator.matching import class_names, match
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from service.orchestrator.targets import aimed, one_spelling


def check_attacks(
    model: ModelSubject, specs: Sequence[AttackSpec], pointer: str, dataset: DatasetSubject | None = None
) -> None:
    """Raise `InvalidField` when a white-box attack is asked of a model without gradients, or a class is not there.

    `pointer` is that of the attack list, or of the preset that it came from.
    """
    if dataset is not None:
        aimed(specs, class_names(model, dataset), model.inspection.num_classes, pointer)
        check_masks(specs, dataset, pointer)
    if model.inspection.differentiable:
        return
    for i, spec in enumerate(specs):
        if not spec.facts.black_box:
            where = f"{pointer}/{i}/name" if pointer.endswith("attacks") else pointer
            raise InvalidField(
                where,
                f"{spec.name} needs gradients, and the model {model.name!r} has none; "
                "name black-box attacks in `attacks`",
            )


def check_hardening(model: ModelSubject, options: HardenOptions, pointer: str) -> None:
    """Raise `InvalidField` when the model cannot be trained, or a layer named in `layers` is none of its own."""
    if not model.inspection.trainable:
        raise InvalidField(
            pointer or "/model_id",
            f"the model {model.name!r} holds no trainable parameters and cannot be hardened; export it unfrozen",
        )
    if isinstance(options.layers, tuple):
        if not options.layers:
            raise InvalidField(f"{pointer}/layers", 'name at least one layer, or write "all", "top_half" or "auto"')
        for i, name in enumerate(options.layers):
            if named_layers(model.inspection.layers, name):
                continue
            if name in ("all", "top_half", "auto"):
                raise InvalidField(
                    f"{pointer}/layers", f'{name!r} is no layer but a choice of them: write "{name}" by itself'
                )
            near = near_misses(name, [layer.name for layer in model.inspection.layers])
            hint = f"; did you mean {named(near)}?" if near else "; its inspection lists them"
            raise InvalidField(f"{pointer}/layers/{i}", f"the model {model.name!r} has no layer {name!r}{hint}")


def check_audit(
    request: AuditRequest,
    model: ModelSubject,
    dataset: DatasetSubject,
    train: DatasetSubject | None,
    concepts: DatasetSubject | None = None,
) -> AuditRequest:
    """Check an audit against inspected subjects; return it as it will run.

    Analyses of neurons that cannot be done are left out when they were only there by default. `concepts`: another data
    set with masks, where the request names one and it is inspected.
    """
    match(model, dataset, "/dataset_id")
    check_class_rules(request, class_names(model, dataset), model)
    check_indices(request.samples, dataset.inspection.num_samples, "/samples")
    check_attacks(model, request.attacks or (), "/attacks" if request.preset is None else "/preset", dataset)
    if request.attacks:
        specs = one_spelling(request.attacks, class_names(model, dataset), model.inspection.num_classes)
        request = request.model_copy(update={"attacks": specs})
    request = check_neurons(request, model, dataset)
    request = check_own(request, model, dataset)
    if concepts is not None:
        check_concepts(model, concepts)
    if request.harden is not None and train is not None:
        check_hardening(model, request.harden, "/harden")
        match(model, train, "/harden/train_dataset_id")
    return request


def check_hardening_request(
    request: HardeningRequest, model: ModelSubject, train: DatasetSubject, evaluation: DatasetSubject | None
) -> None:
    """Check a hardening against inspected subjects."""
    check_hardening(model, request, "")
    match(model, train, "/train_dataset_id")
    if evaluation is not None:
        match(model, evaluation, "/eval_dataset_id")
    check_attacks(model, request.attacks or (), "/attacks", evaluation)
    if evaluation is not None:
        check_indices(request.eval_samples, evaluation.inspection.num_samples, "/eval_samples")


def check_policy(request: AuditRequest) -> None:
    """Raise `InvalidFields` when a rule's metric is none that the report can hold: nobody could judge it."""
    if errors := metric_errors(request):
        raise InvalidFields(errors)


def check_class_rules(request: AuditRequest, names: Sequence[str] | None, model: ModelSubject) -> None:
    """Raise `InvalidField` when a rule asks for a class that is not there."""
    numbers = [str(i) for i in range(model.inspection.num_classes)]
    fields = [*ClassReport.model_fields]
    for i, rule in enumerate(request.policy.rules):
        head, _, rest = rule.metric.partition(".")
        if head != "classes" or rest.partition(".")[0] in fields or rule.policy_id is not None:
            continue  # a named policy is for many models: what one of them lacks its report says
        if not called([*(names or ()), *numbers], rest)[0]:
            near = near_misses(rest.rpartition(".")[0] or rest, names or ())
            known = f"did you mean {named(near)}?" if near else f"the numbers go from 0 to {len(numbers) - 1}"
            raise InvalidField(f"/policy/rules/{i}/metric", f"'classes' has no {rest!r}; {known}")
