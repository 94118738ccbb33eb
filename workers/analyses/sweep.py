"""Work `sweep`: sensitivity sums at every tap over the dual pairs of one eps and one slice."""

from openapi.analyses.sweep import SweepParams, SweepValue, sums_file
from workers.analyses.slices import batches, model_of
from workers.attacks.ball.pairs import dual_pairs
from workers.jobs.context import JobContext
from workers.jobs.neurons import rows_at_once
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel
from workers.neurons.sums import SensitivitySums


def run(ctx: JobContext[SweepParams]) -> SweepValue:
    """Make the pairs, batch by batch, and sum what they do in every layer."""
    params, model = ctx.params, model_of(ctx)
    norms = NormsModel(model, params.taps)
    sums = {tap: SensitivitySums() for tap in params.taps}
    for x, y, index in batches(ctx, rows_at_once(model.layers, ctx.device)):
        x_adv = dual_pairs(model, x, y, index, seed=params.seed, eps=params.eps, steps=params.steps)
        for tap, batch in measure_taps(norms, x, x_adv, index).taps.items():
            sums[tap].add(batch)
    for tap, total in sums.items():
        total.save(ctx.output(sums_file(tap), f"sums-{tap}.npz", "sums", "npz"))
    taps = {
        tap: {name: point.tap for (name, asked), point in norms.points.items() if asked == tap} for tap in params.taps
    }
    return SweepValue(n=params.stop - params.start, taps=taps)
