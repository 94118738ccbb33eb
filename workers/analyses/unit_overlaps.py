"""Work `unit_overlaps`: the highest activations of the units of a layer beside the masks, on one slice."""

import numpy as np

from openapi.analyses.dissection import DissectedFile, OverlapsParams, OverlapsValue
from openapi.stages.base import Given
from workers.analyses.slices import batches, model_of
from workers.analyses.unit_counts import AT_ONCE
from workers.explain.dissection import LayerMaps, Overlaps, overlaps
from workers.jobs.context import JobContext


def run(ctx: JobContext[OverlapsParams]) -> OverlapsValue:
    """Count pixels batch by batch."""
    maps = LayerMaps(model_of(ctx), ctx.params.layer)
    masks = np.load(ctx.inputs[Given.MASKS], mmap_mode="r", allow_pickle=False)
    thresholds = np.array([np.inf if t is None else t for t in ctx.params.thresholds])
    total, n = Overlaps.none(len(thresholds), masks.shape[1]), 0
    for x, _, index in batches(ctx, AT_ONCE):
        total.add(overlaps(maps(x), thresholds, np.asarray(masks[index.cpu().numpy()])))
        n += len(x)
    total.save(ctx.output(DissectedFile.OVERLAPS, "overlaps.npz", "overlaps", "npz"))
    return OverlapsValue(n=n, layer=ctx.params.layer, concepts=ctx.params.concepts)
