"""Stage `attack`: one attack on one slice of a data set; counts add up over slices.

Inputs: ``model``, ``x``, ``y``, and `fooled` of the attacks that went before on the same slice.
"""

from enum import StrEnum

from pydantic import Field

from openapi.attacks import AttackSpec
from openapi.base import Json
from openapi.stages.base import Choice, Regions, Wire, is_none
from openapi.stages.model_contract import ModelContract


class AttackFile(StrEnum):
    """`samples`: an .npz with one row a sample; `worst`: pictures of a few successes, as JSON; `examples`: an .npz of
    the examples themselves, where they are kept."""

    SAMPLES = "samples"
    WORST = "worst"
    EXAMPLES = "examples"


_FOOLED = "fooled."


def fooled(i: int) -> str:
    """The input that holds the `samples` of the i-th attack before, whose successes are spared."""
    return f"{_FOOLED}{i}"


def is_fooled(name: str) -> bool:
    """Whether an input holds the samples of an attack before."""
    return name.startswith(_FOOLED)


class AttackParams(Wire):
    """The attack, with its defaults and without its id, on the chosen samples ``start..stop``.

    regions: which of the input `masks` are those of the attack's `mask`, where it has one.
    """

    model: ModelContract
    attack: AttackSpec
    start: int
    stop: int
    seed: int = 0
    keep_examples: bool = False
    choice: Choice | None = Field(None, exclude_if=is_none)
    regions: Regions | None = Field(None, exclude_if=is_none)


class AttackValue(Wire):
    """What the attack did to a slice.

    attacked: correctly classified, not spared, and not of the chosen class `target`. forward_passes, backward_passes:
    of the attack itself. figures: numbers of the attack's own (`extras` in the engine). norm: of the distances in the
    file `samples`. by_class: label → (samples, of these correct, of these fooled); None in results of before it was
    counted.
    """

    clean_correct: int
    attacked: int
    success: int
    target: int | None = None
    forward_passes: int
    backward_passes: int
    seconds: float
    figures: Json = {}
    num_classes: int
    norm: str | None = None
    randomised: bool = False
    by_class: dict[int, tuple[int, int, int]] | None = Field(None, exclude_if=is_none)
