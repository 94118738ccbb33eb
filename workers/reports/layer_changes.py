"""What a hardening did to every layer: σ and ratio before and after, and of its rival (SNS, Fig. 17)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openapi.analyses.sensitivity import LayerSensitivity
from openapi.hardening_methods import METHODS
from openapi.hardenings import HardeningRequest
from openapi.stages.comparison import LayerChange, LayerState
from openapi.stages.neurons import NeuronsFile
from openapi.stages.places import Whose
from openapi.stages.report import ReportParams
from workers.neurons.ranking import finish
from workers.neurons.sums import SensitivitySums, merge_sums
from workers.reports.kept_arrays import slices_of


def layer_changes(
    params: ReportParams, request: HardeningRequest, inputs: Mapping[str, Path]
) -> tuple[LayerChange, ...] | None:
    """Every layer of the uploaded model, before and after; None where neurons were not measured.

    Each model's pairs are its own. A layer that another model does not have by that name and width is None there.
    """
    found: dict[Whose, dict[str, LayerSensitivity]] = {}
    for whose in Whose:
        if parts := slices_of(inputs, NeuronsFile.SUMS, whose=whose):
            sums = merge_sums([SensitivitySums.load(path) for path in parts])
            layers = finish(sums, params.model.layers, top_fraction=request.top_fraction)
            found[whose] = {layer.name: layer for layer in layers}
    if Whose.BEFORE not in found:
        return None
    stabilised: set[str] = set()
    if params.training is not None and METHODS[request.method].stabilises:
        stabilised = set(params.training.layers)
    changes = []
    for name, layer in found[Whose.BEFORE].items():
        after, rival = (_same(found.get(whose, {}).get(name), layer) for whose in (Whose.AFTER, Whose.RIVAL))
        changes.append(
            LayerChange(
                name=name,
                kind=layer.kind,
                stabilised=name in stabilised,
                before=_state(layer, layer.top),
                after=None if after is None else _state(after, layer.top),
                rival=None if rival is None else _state(rival, layer.top),
            )
        )
    return tuple(changes)


def _same(other: LayerSensitivity | None, layer: LayerSensitivity) -> LayerSensitivity | None:
    return other if other is not None and other.neurons == layer.neurons else None


def _state(layer: LayerSensitivity, omega: Sequence[int]) -> LayerState:
    sigma = {n.neuron: n.sensitivity for n in layer.ranking}
    of_omega = sum(sigma[m] for m in omega) / len(omega)
    return LayerState(sensitivity=layer.sensitivity["mean"], of_omega=of_omega, ratio=layer.ratio["mean"])
