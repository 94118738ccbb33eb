"""Work `omega`: sums of σ of all slices → Ω of every hidden layer (SNS, Eq. 2)."""

import numpy as np

from openapi.analyses.suppression import OmegaParams, OmegaValue
from workers.analyses.merged_sums import merged_sums
from workers.jobs.context import JobContext
from workers.neurons.exact import Floats
from workers.neurons.ranking import sensitivity, sensitivity_ratio, top_neurons
from workers.neurons.sums import LayerTotals


def run(ctx: JobContext[OmegaParams]) -> OmegaValue:
    """Rank the neurons of each layer and take the first ones."""
    params, sums = ctx.params, merged_sums(ctx.inputs)
    omega = {
        name: tuple(top_neurons(_values(params, i, sums.layer(name)), params.fraction).tolist())
        for i, name in enumerate(params.layers)
        if name in sums.names
    }
    return OmegaValue(omega=omega)


def _values(params: OmegaParams, layer: int, totals: LayerTotals) -> Floats:
    """What the neurons are ranked by; one without a ratio comes last."""
    if params.ranking == "random":
        return np.random.default_rng([params.seed, layer]).random(len(totals.difference))
    if params.ranking == "ratio":
        return np.nan_to_num(sensitivity_ratio(totals, params.zero_policy), nan=-1.0)
    return sensitivity(totals)
