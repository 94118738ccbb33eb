"""Work `unit_thresholds`: counts of all slices → the activation that a small share of a unit's places exceeds."""

import math

from openapi.analyses.dissection import ThresholdsParams, ThresholdsValue
from workers.explain.thresholds import ActivationCounts
from workers.jobs.context import JobContext


def run(ctx: JobContext[ThresholdsParams]) -> ThresholdsValue:
    """Merge and read off."""
    first, *others = (ActivationCounts.load(path) for path in ctx.inputs.values())
    for other in others:
        first.merge(other)
    thresholds, _ = first.thresholds(ctx.params.quantile)
    return ThresholdsValue(thresholds=tuple(t if math.isfinite(t) else None for t in thresholds.tolist()))
