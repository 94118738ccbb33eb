"""Work `masked`: one slice on networks with more and more units of a layer zeroed, and attacks made anew on each."""

import numpy as np

from openapi.analyses.masking import MaskedParams, MaskedValue
from workers.analyses.slices import model_of
from workers.explain.masking import masking_counts
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext


def run(ctx: JobContext[MaskedParams]) -> MaskedValue:
    """Clean and robust correctness at every count."""
    params, model = ctx.params, model_of(ctx)
    x, y, index = (part.to(ctx.device) for part in load_rows(ctx.inputs["x"], ctx.inputs["y"], shard_rows(ctx)))
    ((layer, ranking),) = params.omega.items()
    points = masking_counts(
        model,
        layer,
        np.array(ranking, np.int64),
        params.counts,
        {str(i): spec for i, spec in enumerate(params.attacks)},
        x,
        y,
        index,
        seed=params.seed,
        groups=(params.group,),
        batch_size=ctx.execution.batch_size,
        progress=lambda done, total: ctx.progress(len(x) * done / total, len(x), "samples", "explain.masking"),
    )
    return MaskedValue(
        n=len(x),
        clean=tuple(point.clean for point in points),
        robust=tuple(tuple(point.robust[str(i)] for point in points) for i in range(len(params.attacks))),
    )
