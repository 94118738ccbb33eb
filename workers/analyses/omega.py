"""Work `omega`: sums of all slices → Ω of every hidden layer (SNS, Eq. 2), by σ or by another ranking."""

from collections.abc import Mapping

import numpy as np

from openapi.analyses.suppression import ATTRIBUTED, OmegaParams, OmegaValue
from workers.analyses.merged_sums import merged_sums
from workers.jobs.context import JobContext
from workers.neurons.attribution import AttributionSums
from workers.neurons.exact import Floats
from workers.neurons.ranking import sensitivity, sensitivity_ratio, top_neurons
from workers.neurons.sums import LayerTotals


def run(ctx: JobContext[OmegaParams]) -> OmegaValue:
    """Rank the neurons of each layer and take the first ones."""
    params = ctx.params
    found = _attributed(ctx) if params.ranking in ATTRIBUTED else _summed(ctx)
    return OmegaValue(omega={name: tuple(top_neurons(v, params.fraction).tolist()) for name, v in found.items()})


def _attributed(ctx: JobContext[OmegaParams]) -> Mapping[str, Floats]:
    """Mean attributions of every layer."""
    merged, layers = AttributionSums(), ctx.params.layers
    for name, path in ctx.inputs.items():
        if name.startswith("attributions."):
            with np.load(path, allow_pickle=False) as data:
                pairs = {layer: data[f"layer_{i}"] for i, layer in enumerate(layers) if f"layer_{i}" in data.files}
                merged.merge(AttributionSums.of(pairs, int(data["n"])))
    return merged.mean()


def _summed(ctx: JobContext[OmegaParams]) -> Mapping[str, Floats]:
    """What the sums of σ tell of every layer that has them."""
    params, sums = ctx.params, merged_sums(ctx.inputs)
    return {name: _values(params, i, sums.layer(name)) for i, name in enumerate(params.layers) if name in sums.names}


def _values(params: OmegaParams, layer: int, totals: LayerTotals) -> Floats:
    """What the neurons are ranked by; one without a ratio comes last."""
    if params.ranking == "random":
        return np.random.default_rng([params.seed, layer]).random(len(totals.difference))
    if params.ranking == "ratio":
        return np.nan_to_num(sensitivity_ratio(totals, params.zero_policy), nan=-1.0)
    return sensitivity(totals)
