"""Work `extremes`: sums of σ of all slices → the most and the least sensitive live neurons of each layer."""

from openapi.analyses.receptive_fields import Extremes, ExtremesParams, ExtremesValue
from workers.analyses.merged_sums import merged_sums
from workers.jobs.context import JobContext
from workers.neurons.excitation import extremes
from workers.neurons.ranking import dead, sensitivity


def run(ctx: JobContext[ExtremesParams]) -> ExtremesValue:
    """Rank the neurons of each layer."""
    params, sums = ctx.params, merged_sums(ctx.inputs)
    found = {}
    for name in params.layers:
        if name in sums.names:
            totals = sums.layer(name)
            sigma = sensitivity(totals)
            top, bottom = (part.tolist() for part in extremes(sigma, dead(totals), params.count))
            values = tuple(float(sigma[m]) for m in (*top, *bottom))
            found[name] = Extremes(top=tuple(top), bottom=tuple(bottom), sensitivity=values)
    return ExtremesValue(neurons=found)
