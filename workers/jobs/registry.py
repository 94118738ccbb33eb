"""Stage name → the module whose `run(ctx)` does it. Modules are imported only in the child that needs them."""

import importlib
from typing import Any

from openapi.wire.jobs import Stage
from workers.jobs.context import JobContext

STAGES: dict[Stage, str] = {
    "inspect_model": "workers.jobs.inspect_model",
    "inspect_dataset": "workers.jobs.inspect_dataset",
    "prepare": "workers.jobs.prepare",
    "attack": "workers.jobs.attack",
    "neurons": "workers.jobs.neurons",
    "harden": "workers.jobs.harden",
    "report": "workers.jobs.report",
}


def run_stage(stage: Stage, ctx: JobContext) -> dict[str, Any]:
    """Run one stage and return its value."""
    module = importlib.import_module(STAGES[stage])
    value: dict[str, Any] = module.run(ctx)
    return value
