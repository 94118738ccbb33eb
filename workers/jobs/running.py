"""Run a stage on JSON. Its module is imported only in the child that needs it."""

import importlib
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from openapi.base import JsonObject
from openapi.problems import Unavailable
from openapi.stages.base import Stage, Wire
from openapi.stages.forms import form_of
from workers.jobs.context import JobContext
from workers.jobs.registry import STAGES

#: Errors of pydantic about a field, or one of several kinds of a thing, that a model does not have.
_UNKNOWN = ("extra_forbidden", "union_tag_invalid")


def run_stage(stage: Stage, ctx: JobContext[dict[str, Any]]) -> dict[str, Any]:
    """Run one stage on the JSON of its parameters and return that of its value (see `openapi.stages.forms`).

    Raises `Unavailable` where they say something that this version does not know: the work waits for a newer worker.
    """
    form = form_of(stage, ctx.params)
    try:
        params = form.params.model_validate(ctx.params)
    except ValidationError as error:
        unknown = [".".join(map(str, e["loc"])) for e in error.errors() if e["type"] in _UNKNOWN]
        if unknown:
            raise Unavailable(
                f"This worker is of an older version than the service: it does not know {unknown[0]}"[:500]
            ) from error
        raise
    # `replace` keeps the dict of declared files: the caller reads them off the context that it has given.
    typed: JobContext[Any] = replace(ctx, params=params)  # type: ignore[arg-type]
    value: Wire = importlib.import_module(STAGES[stage]).run(typed)
    return form.value.model_validate(value).dump()


def run_module(module: str, ctx: JobContext[JsonObject]) -> JsonObject:
    """Run the stage that a module does; a module that does none of the stages takes and gives JSON."""
    for stage, name in STAGES.items():
        if name == module:
            return run_stage(stage, ctx)
    value: JsonObject = importlib.import_module(module).run(ctx)
    return value
