"""The plan of an inspection: one step, whose finding becomes that of the model or data set."""

from typing import Any

from openapi.stages.base import Given, Stage, Wire
from openapi.wire.jobs import Blob
from service.orchestrator.plan import Ending, Extension, Known, Step

INSPECTING, _STEP = "inspecting", "inspect"


def inspection_step(stage: Stage, file: Blob, params: Wire) -> Step:
    """The step that looks at an uploaded file."""
    return Step(INSPECTING, _STEP, stage, {Given.FILE: file}, params)


def extend(known: Known[Any]) -> Extension:
    """The end of an inspection; its step is there from the start."""
    return Extension(ending=Ending(inspected=known.done[_STEP].result))
