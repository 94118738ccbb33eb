"""Stage `analysis`: a work of a neuron analysis, done by the module of its name in `workers.analyses`."""

import importlib

from openapi.stages.analysis import WorkParams
from openapi.stages.base import Wire
from workers.jobs.context import JobContext


def run(ctx: JobContext[WorkParams]) -> Wire:
    """Do the work that the parameters name and return its value."""
    value: Wire = importlib.import_module(f"workers.analyses.{ctx.params.work}").run(ctx)
    return value
