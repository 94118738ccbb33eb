"""Stage name → the module whose `run(ctx)` does it. Modules are imported only in the child that needs them."""

import importlib
from typing import Any

from openapi.stages.base import Stage
from workers.jobs.context import JobContext

STAGES: dict[Stage, str] = {
    Stage.INSPECT_MODEL: "workers.jobs.inspect_model",
    Stage.INSPECT_DATASET: "workers.jobs.inspect_dataset",
    Stage.PREPARE: "workers.jobs.prepare",
    Stage.ATTACK: "workers.jobs.attack",
    Stage.NEURONS: "workers.jobs.neurons",
    Stage.HARDEN: "workers.jobs.harden",
    Stage.REPORT: "workers.jobs.report",
}


def run_stage(stage: Stage, ctx: JobContext) -> dict[str, Any]:
    """Run one stage and return its value."""
    module = importlib.import_module(STAGES[stage])
    value: dict[str, Any] = module.run(ctx)
    return value
