"""Work `attribution`: what the neurons of one slice's dual pairs have to do with the answer, summed."""

from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.analyses.suppression import AttributionFile, AttributionParams, AttributionValue
from workers.analyses.slices import batches, model_of
from workers.attacks.ball.pairs import dual_pairs
from workers.jobs.context import JobContext
from workers.jobs.neurons import rows_at_once
from workers.neurons.attribution import AttributionSums, attribute


def run(ctx: JobContext[AttributionParams]) -> AttributionValue:
    """Make the pairs, batch by batch, and sum the attributions of every layer."""
    params, model, sums = ctx.params, model_of(ctx), AttributionSums()
    # A backward pass holds the activations twice.
    for x, y, index in batches(ctx, max(1, rows_at_once(model.layers, ctx.device) // 2)):
        x_adv = dual_pairs(
            model, x, y, index, seed=params.seed, eps=params.eps, steps=params.steps, step_size=params.step_size
        )
        sums.add(attribute(model, params.kind, x, x_adv, y, params.layers))
    path = ctx.output(AttributionFile.ATTRIBUTIONS, "attributions.npz", "attributions", "npz")
    arrays: dict[str, npt.NDArray[Any]] = {f"layer_{i}": pair for i, pair in enumerate(sums.arrays().values())}
    np.savez(path, n=np.int64(sums.n), allow_pickle=False, **arrays)
    return AttributionValue(n=sums.n)
