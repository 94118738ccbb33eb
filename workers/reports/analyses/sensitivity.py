"""The neuron part of the report: sums of all slices → sensitivity of every layer."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openapi.analyses import NeuronOptions
from openapi.analyses.sensitivity import PairInfo
from openapi.layer_names import paper_names
from openapi.models import LayerInfo
from openapi.report import Check, NeuronReport
from openapi.stages.neurons import NeuronsFile, NeuronsValue
from openapi.text import counted
from workers.neurons.ranking import finish
from workers.neurons.sums import SensitivitySums, merge_sums
from workers.reports.kept_arrays import slices_of


def neuron_report(
    options: NeuronOptions,
    layers: Sequence[LayerInfo],
    inputs: Mapping[str, Path],
    values: Sequence[NeuronsValue],
) -> NeuronReport | None:
    """Merge the sums of all slices exactly and finish them; None when no pair was measured.

    layers: of the model. values: of the shards, whose ``taps`` say where each layer was really tapped.
    """
    sums = merge_sums([SensitivitySums.load(path) for path in slices_of(inputs, NeuronsFile.SUMS)])
    found = finish(
        sums,
        layers,
        top_fraction=options.top_fraction,
        zero_policy=options.zero_policy,
    )
    if not found:
        return None
    folded = {layer.name for layer in layers if layer.norm_folded}
    taps: dict[str, str] = {}
    for value in values:
        taps |= value.taps
    called = paper_names(layers)
    found = tuple(
        layer.model_copy(
            update={
                "tap": taps.get(layer.name, options.tap),
                "norm_folded": layer.name in folded,
                "paper_name": called[layer.name],
            }
        )
        for layer in found
    )
    pairs = PairInfo(attack="pgd linf", eps=options.eps, n=sums.n, steps=options.steps)
    return NeuronReport(tap=options.tap, pairs=pairs, layers=found)


def neuron_check(options: NeuronOptions | None, report: NeuronReport | None, why: str | None = None) -> Check:
    """Say why the neuron part is there or not, and how much of the network is silent."""
    title = "Neuron sensitivity was measured"
    if options is None:
        return Check(id="neurons", title=title, status="skipped", detail="not asked for: `neurons` was null")
    if report is None:
        detail = why or "no layer could be tapped, or there was no pair"
        return Check(id="neurons", title=title, status="skipped", detail=detail)
    neurons = sum(layer.neurons for layer in report.layers)
    silent = sum(len(layer.dead) for layer in report.layers)
    return Check(
        id="neurons",
        title=title,
        status="pass",
        detail=f"{counted(neurons, 'neuron')} of {counted(len(report.layers), 'layer')} over "
        f"{counted(report.pairs.n, 'pair')}; {silent} dead",
        numbers={"neurons": neurons, "layers": len(report.layers), "pairs": report.pairs.n, "dead": silent},
    )
