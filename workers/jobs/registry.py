"""Stage → the module whose ``run(ctx)`` does it (see `workers.jobs.running`), and what else the runner knows of it."""

from openapi.artifacts import BEST_SO_FAR
from openapi.stages.base import Stage
from workers.jobs.context import LOG_SO_FAR, SO_FAR

STAGES: dict[Stage, str] = {stage: f"workers.jobs.{stage}" for stage in Stage}

#: Stages that keep where they stand and can go on from there.
RESUMABLE = frozenset({Stage.HARDEN})

#: Stages that have something to show when they are cancelled or fail: file in the scratch folder → its name, kind and
#: format as an artifact.
SHOWN: dict[str, dict[str, tuple[str, str, str]]] = {
    Stage.HARDEN: {
        SO_FAR: (BEST_SO_FAR, "checkpoint", "safetensors"),
        LOG_SO_FAR: ("log-so-far.jsonl", "log", "jsonl"),
    }
}
