"""Stage `prepare`: the decoded arrays of a data set → what one model takes of them.

Inputs: ``x``, ``y``, and ``model`` where evidence must decide between several readings of the labels.
"""

from enum import StrEnum

from pydantic import Field

from openapi.class_names import Reading
from openapi.stages.base import Wire, is_none
from openapi.stages.model_contract import ModelContract


class PrepareFile(StrEnum):
    """`y`: labels that are logits; `x`: the images, where their channels change. Both .npy."""

    X = "x"
    Y = "y"


class PrepareParams(Wire):
    """`readings`: one, or several to be tried with `model`. `channels`: 1 or 3 where those of the images change."""

    readings: tuple[Reading, ...] = Field(min_length=1)
    channels: int | None
    model: ModelContract | None = Field(None, exclude_if=is_none)


class Evidence(Wire):
    """Of `n` samples on which the readings differ, how many the model gets right under each `order`."""

    n: int
    correct: dict[str, int]


class PrepareValue(Reading, Wire):
    """The reading that was chosen, why, and how the channels changed, in words."""

    evidence: Evidence | None
    channels: str | None


class LabelMapping(Wire):
    """How labels became logits: label i of the data set is logit ``logits[i]``, −1 where no sample has it."""

    order: str
    logits: tuple[int, ...]
    evidence: Evidence | None
