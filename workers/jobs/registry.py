"""Stage → the module whose ``run(ctx)`` does it (see `workers.jobs.running`), and what else the runner knows of it."""

from openapi.artifacts import BEST_SO_FAR
from openapi.stages.base import Stage

STAGES: dict[Stage, str] = {stage: f"workers.jobs.{stage}" for stage in Stage}

#: Stages that keep where they stand and can go on from there.
RESUMABLE = frozenset({Stage.HARDEN})

#: Stages that have something to show when they are cancelled: its name, kind and format as an artifact.
SHOWN: dict[str, tuple[str, str, str]] = {Stage.HARDEN: (BEST_SO_FAR, "checkpoint", "safetensors")}
