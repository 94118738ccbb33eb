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
from service.orchestrator.matching import CONCEPTS_POINTER, match_images
from service.orchestrator.plan import OutputOf, Step, ValueOf
from service.orchestrator.subjects import DatasetSubject, ModelSubject

POINTER = "/explain/dissection"


def steps(options: DissectionOptions, plan: Planning) -> list[Step]:
    """``unit_counts.SLICE``, ``unit_thresholds.0``, ``unit_overlaps.SLICE``."""
    plan = plan.of_concepts()
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
    if other_dataset(options, dataset.id) is None and dataset.inspection.concepts is None:
        raise _maskless(POINTER, dataset)
    needs_neurons(POINTER, request, model)
    _layer(options, model)


def other_dataset(options: DissectionOptions, audited: str) -> str | None:
    """The id of the data set with the masks; None where it is the audited one."""
    return None if options.dataset_id in (None, audited) else options.dataset_id


def check_concepts(model: ModelSubject, concepts: DatasetSubject) -> None:
    """Raise `InvalidField` or `DatasetMismatch` where another data set has no masks, or images of another shape."""
    if concepts.inspection.concepts is None:
        raise _maskless(CONCEPTS_POINTER, concepts)
    match_images(model, concepts, CONCEPTS_POINTER)


def _maskless(pointer: str, dataset: DatasetSubject) -> InvalidField:
    return InvalidField(pointer, f"the data set {dataset.name!r} carries no masks; upload `masks` and their `names`")
