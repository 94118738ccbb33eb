"""The steps of dissection, a part of `explain`: activations counted, thresholds, and overlaps with the masks."""

from openapi.analyses.dissection import (
    OVERLAPS,
    THRESHOLDS,
    UNIT_COUNTS,
    DissectedFile,
    DissectionOptions,
    OverlapsParams,
    ThresholdsParams,
    UnitCountsParams,
)
from openapi.analyses.explain import EXPLAIN
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Planning, step_name
from service.orchestrator.analyses.layers import layer_of
from service.orchestrator.analyses.masking import needs_neurons
from service.orchestrator.plan import OutputOf, Step, ValueOf
from service.orchestrator.subjects import DatasetSubject, ModelSubject

POINTER = "/explain/dissection"


def steps(options: DissectionOptions, plan: Planning) -> list[Step]:
    """``unit_counts.SLICE``, ``unit_thresholds.0``, ``unit_overlaps.SLICE``."""
    layer, cuts = _layer(options, plan.model), plan.slices(options.max_samples)
    concepts = plan.dataset.inspection.concepts or ()
    data = plan.data()
    found = [
        plan.step(
            EXPLAIN,
            (j,),
            data,
            UnitCountsParams(**plan.sliced(UNIT_COUNTS, start, stop), layer=layer),
            stop - start,
        )
        for j, start, stop in cuts
    ]
    counts = {f"{DissectedFile.COUNTS}_{j}": OutputOf(step.name, DissectedFile.COUNTS) for j, step in enumerate(found)}
    params = ThresholdsParams(work=THRESHOLDS.name, version=THRESHOLDS.version, quantile=options.quantile)
    found.append(plan.step(EXPLAIN, (0,), counts, params, 1))
    for j, start, stop in cuts:
        told = plan.sliced(OVERLAPS, start, stop)
        overlaps = OverlapsParams(**told, layer=layer, concepts=concepts, thresholds=())
        values = {"thresholds": ValueOf(step_name(THRESHOLDS.name, (0,)), "thresholds")}
        found.append(plan.step(EXPLAIN, (j,), data | plan.dataset.masks(), overlaps, stop - start, values))
    return found


def _layer(options: DissectionOptions, model: ModelSubject) -> str:
    """The layer that is dissected. Raises `InvalidField` where there is none that keeps places apart."""
    if options.layer is not None:
        return layer_of(options.layer, model, f"{POINTER}/layer")
    layers = sorted(model.inspection.layers, key=lambda layer: layer.depth)
    maps = [layer.name for layer in layers if len(layer.shape) == 3 and layer.shape[1] * layer.shape[2] > 1]
    if not maps:
        raise InvalidField(f"{POINTER}/layer", f"no layer of the model {model.name!r} keeps places of the image apart")
    return maps[-1]


def check(options: DissectionOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` where there are no masks, or no layer with places."""
    if options.dataset_id not in (None, dataset.id):
        raise InvalidField(
            f"{POINTER}/dataset_id",
            "concepts are those of the audited data set: give masks with its images, and null here",
        )
    if dataset.inspection.concepts is None:
        raise InvalidField(POINTER, f"the data set {dataset.name!r} carries no masks; upload `masks` and their `names`")
    needs_neurons(POINTER, request, model)
    _layer(options, model)
