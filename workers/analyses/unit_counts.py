"""Work `unit_counts`: the activations of a layer's units on one slice, counted."""

from openapi.analyses.dissection import DissectedFile, ImagesValue, UnitCountsParams
from workers.analyses.slices import batches, model_of
from workers.explain.dissection import LayerMaps
from workers.explain.thresholds import ActivationCounts
from workers.jobs.context import JobContext

AT_ONCE = 64


def run(ctx: JobContext[UnitCountsParams]) -> ImagesValue:
    """Count batch by batch: memory grows with the values that come up alone."""
    maps = LayerMaps(model_of(ctx), ctx.params.layer)
    counts, n = None, 0
    for x, _, _ in batches(ctx, AT_ONCE):
        activations = maps(x).cpu().numpy()
        counts = counts or ActivationCounts(activations.shape[1])
        counts.add(activations)
        n += len(x)
    assert counts is not None  # no slice is empty
    counts.save(ctx.output(DissectedFile.COUNTS, "counts.npz", "counts", "npz"))
    return ImagesValue(n=n)
