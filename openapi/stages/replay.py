"""Stage `replay`: the kept examples of an earlier audit, tried on another model.

Inputs: ``model``, ``y`` and ``x`` as the model takes them, and the examples of each attack (`replayed`).
"""

from pydantic import Field

from openapi.stages.base import Choice, Wire, is_none
from openapi.stages.model_contract import ModelContract


def replayed(attack: int) -> str:
    """The input with the examples of the attack at a position of the parameters' list."""
    return f"replayed.{attack}"


class ReplayedAttack(Wire):
    """An attack of the earlier audit, by its id there; threat_model: by its name, for whatever wrong class."""

    id: str
    threat_model: str


class ReplayParams(Wire):
    """start, stop, seed, choice: the samples of this audit, which `ReplayedThreat` counts."""

    model: ModelContract
    attacks: tuple[ReplayedAttack, ...]
    start: int
    stop: int
    seed: int = 0
    choice: Choice | None = Field(None, exclude_if=is_none)


class ReplayedCount(Wire):
    """Of the `n` examples of an attack that fooled the earlier model, how many the model gets wrong."""

    id: str
    threat_model: str
    n: int
    still_fooled: int


class ReplayedThreat(Wire):
    """Of the samples of this audit, how many some example within a threat model still fools."""

    threat_model: str
    fooled: int


class ReplayValue(Wire):
    """evaluated: the samples of this audit."""

    evaluated: int
    attacks: tuple[ReplayedCount, ...]
    threats: tuple[ReplayedThreat, ...]
