"""The steps of receptive fields: neurons from the sums of all slices, images of each slice, and their maps."""

from openapi.analyses.receptive_fields import (
    EXCITATION,
    EXTREMES,
    FIELDS,
    RECEPTIVE_FIELDS,
    ExcitationFile,
    ExcitationParams,
    ExtremesParams,
    FieldsParams,
    ReceptiveFieldOptions,
)
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Plan, Planning, step_name
from service.orchestrator.analyses.layers import has_map, layers_of
from service.orchestrator.plan import OutputOf, Step, ValueOf
from service.orchestrator.subjects import DatasetSubject, ModelSubject

_POINTER = f"/neurons/{RECEPTIVE_FIELDS.name}"


def steps(options: ReceptiveFieldOptions, plan: Planning) -> list[Step]:
    """A pass over every slice, and pairs of those few images alone that excite a neuron most."""
    layers = layers_of(options.layers, plan.model, f"{_POINTER}/layers", has_map)
    extremes = ExtremesParams(work=EXTREMES.name, version=EXTREMES.version, layers=layers, count=options.neurons)
    neurons = {"neurons": ValueOf(step_name(EXTREMES.name, (0,)), "neurons")}
    told = {"neurons": {}, "images": options.images, "tap": plan.neurons.tap}
    pairs = {name: getattr(plan.neurons, name) for name in ("eps", "steps", "step_size")}
    pairs["threshold"] = options.threshold
    cuts = plan.slices(options.max_samples)
    tops = {f"top.{j}": OutputOf(step_name(EXCITATION.name, (j,)), ExcitationFile.TOP) for j, _, _ in cuts}
    found = [plan.step(RECEPTIVE_FIELDS, (0,), plan.sums(), extremes, 1)]
    for j, start, stop in cuts:
        params = ExcitationParams(**plan.sliced(EXCITATION, start, stop), **told)
        found.append(plan.step(RECEPTIVE_FIELDS, (j,), plan.data(), params, stop - start, neurons))
    for j, start, stop in cuts:
        fields = FieldsParams(**plan.sliced(FIELDS, start, stop), **told, **pairs)
        found.append(plan.step(RECEPTIVE_FIELDS, (j,), {**plan.data(), **tops}, fields, stop - start, neurons))
    return found


def check(options: ReceptiveFieldOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` for a layer that is not there or has no map, or where no layer has one."""
    if not layers_of(options.layers, model, f"{_POINTER}/layers", has_map):
        raise InvalidField(_POINTER, f"no layer of the model {model.name!r} has an activation map; set null")


PLAN = Plan(steps, check)
