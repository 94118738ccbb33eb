"""The steps of masking, a part of `explain`: the ranking by merged σ, and then a step a group and slice."""

from openapi.analyses.explain import EXPLAIN
from openapi.analyses.masking import MASKED, MaskedGroup, MaskedParams, MaskingOptions, usual_counts
from openapi.analyses.suppression import OMEGA, OmegaParams
from openapi.audits import AuditRequest
from openapi.models import LayerInfo
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Planning, step_name
from service.orchestrator.analyses.layers import layer_of
from service.orchestrator.analyses.suppression import hidden_layers
from service.orchestrator.masks import refuse_masks
from service.orchestrator.matching import class_names
from service.orchestrator.plan import Step, ValueOf
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from service.orchestrator.targets import aimed

POINTER = "/explain/masking"
#: Of the step that ranks: suppression's has the number 0.
_RANKING = (1,)
_GROUPS: tuple[MaskedGroup, ...] = ("sensitive", "random")


def steps(options: MaskingOptions, plan: Planning) -> list[Step]:
    """``omega.1``, and ``masked.GROUP.SLICE``."""
    layer = _layer(options, plan.model)
    names, classes = class_names(plan.model, plan.dataset), plan.model.inspection.num_classes
    specs = aimed(options.attacks, names, classes, f"{POINTER}/attacks")
    ranking = OmegaParams(
        work=OMEGA.name,
        version=OMEGA.version,
        layers=(layer.name,),
        fraction=1.0,
        ranking="sensitivity",
        zero_policy=plan.neurons.zero_policy,
        seed=plan.request.seed,
    )
    counts = options.counts or usual_counts(layer.neurons)
    found = [plan.step(EXPLAIN, _RANKING, plan.sums(), ranking, 1)]
    for j, start, stop in plan.slices(options.max_samples):
        for g, group in enumerate(_GROUPS):
            params = MaskedParams(
                **plan.sliced(MASKED, start, stop),
                group=group,
                counts=counts,
                attacks=tuple(spec.model_copy(update={"id": None}) for spec in specs),
                omega={},
            )
            values = {"omega": ValueOf(step_name(OMEGA.name, _RANKING), "omega")}
            weight = (stop - start) * len(counts) * len(specs)
            found.append(plan.step(EXPLAIN, (g, j), plan.data(), params, weight, values))
    return found


def _layer(options: MaskingOptions, model: ModelSubject) -> LayerInfo:
    """The layer whose units are zeroed. Raises `InvalidField` where there is none."""
    hidden = hidden_layers(model)
    if options.layer is None and not hidden:
        raise InvalidField(POINTER, f"the model {model.name!r} has no hidden layer")
    name = hidden[-1] if options.layer is None else layer_of(options.layer, model, f"{POINTER}/layer")
    if name not in hidden:
        raise InvalidField(f"{POINTER}/layer", f"{name!r} is no hidden layer of the model {model.name!r}")
    return next(layer for layer in model.inspection.layers if layer.name == name)


def check(options: MaskingOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` when units cannot be ranked or zeroed so."""
    needs_neurons(POINTER, request, model)
    layer = _layer(options, model)
    if max(options.counts or (0,)) > layer.neurons:
        raise InvalidField(f"{POINTER}/counts", f"layer {layer.name!r} has {layer.neurons} units")
    aimed(options.attacks, class_names(model, dataset), model.inspection.num_classes, f"{POINTER}/attacks")
    refuse_masks(options.attacks, f"{POINTER}/attacks")


def needs_neurons(pointer: str, request: AuditRequest, model: ModelSubject) -> None:
    """Raise `InvalidField` where σ, which the units are compared by, is not measured."""
    if not model.inspection.differentiable:
        raise InvalidField(
            pointer, f"units are compared by their sensitivity; the model {model.name!r} gives no gradients"
        )
    if request.neurons is None:
        raise InvalidField(pointer, "units are compared by their sensitivity: leave `neurons` in the request")
