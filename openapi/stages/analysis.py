"""Stage `analysis`: one piece of work of a neuron analysis; `openapi.analyses` says which works there are.

Inputs: ``model``, ``x``, ``y`` where the work runs the model, and files of earlier steps.
"""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from openapi.stages.base import Choice, Wire, is_none
from openapi.stages.model_contract import ModelContract


class WorkFile(StrEnum):
    """Base of the keys of a work's files; a key holds no dot."""


class WorkParams(Wire):
    """What every work is told: its name, and the version of its results, which is a part of their keys."""

    work: str
    version: int


class SliceParams(WorkParams):
    """Work on the chosen samples ``start..stop``."""

    model: ModelContract
    start: int
    stop: int
    seed: int = 0
    choice: Choice | None = Field(None, exclude_if=is_none)


@dataclass(frozen=True)
class Work:
    """One kind of work: its parameters, its value, and the version that a change of results raises.

    `name` is also that of its module in `workers.analyses`, and begins the names of its steps: ``name.2.0``.
    """

    name: str
    params: type[WorkParams]
    value: type[Wire]
    version: int = 1
