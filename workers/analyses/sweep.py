"""Work `sweep`: sensitivity sums at every tap over the dual pairs of one eps and one slice."""

from openapi.analyses.sweep import SweepParams, SweepValue, sums_file
from workers.analyses.slices import batches, model_of
from workers.attacks.ball.pairs import dual_pairs
from workers.jobs.context import JobContext
from workers.jobs.neurons import rows_at_once
from workers.neurons.measure import measure
from workers.neurons.sums import SensitivitySums


def run(ctx: JobContext[SweepParams]) -> SweepValue:
    """Make the pairs, batch by batch, and sum what they do in every layer."""
    params, model = ctx.params, model_of(ctx)
    tapped = {tap: model.tapped(tap) for tap in params.taps}
    sums = {tap: SensitivitySums() for tap in params.taps}
    for x, y, index in batches(ctx, rows_at_once(model.layers, ctx.device)):
        x_adv = dual_pairs(model, x, y, index, seed=params.seed, eps=params.eps, steps=params.steps)
        for tap, total in sums.items():
            total.add(measure(tapped[tap], x, x_adv, index))
    for tap, total in sums.items():
        total.save(ctx.output(sums_file(tap), f"sums-{tap}.npz", "sums", "npz"))
    taps = {tap: {name: point.tap for name, point in one.points.items()} for tap, one in tapped.items()}
    return SweepValue(n=params.stop - params.start, taps=taps)
