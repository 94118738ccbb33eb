"""The plan of an inspection: one step, whose finding becomes that of the model or data set."""

from collections.abc import Mapping
from typing import Any

from openapi.stages.base import Stage
from openapi.wire.jobs import Blob
from service.orchestrator.plan import Ending, Extension, Known, Step

INSPECTING = "inspecting"


def inspection_step(stage: Stage, file: Blob, params: Mapping[str, Any]) -> Step:
    """The step that looks at an uploaded file."""
    return Step(INSPECTING, "inspect", stage, {"file": file}, params)


def extend(known: Known) -> Extension:
    """The end of an inspection; its step is there from the start."""
    return Extension(ending=Ending(inspected=known.result("inspect")))
