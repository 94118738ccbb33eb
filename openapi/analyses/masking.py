"""Zeroed units as a defence: accuracies against how many, the most sensitive ones beside random ones (part of `explain`)."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.attacks import AttackSpec, Pgd
from openapi.base import MOST, Frozen, Json
from openapi.stages.analysis import SliceParams, Work
from openapi.stages.base import Wire

MaskedGroup = Literal["sensitive", "random"]


class MaskingOptions(Frozen):
    """Units of one layer are zeroed after activation, and attacks made anew on what is left."""

    layer: str | None = Field(None, max_length=500, description="null: the last one before the logits")
    counts: tuple[Annotated[int, Field(ge=0, le=1_000_000)], ...] | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="Units that are zeroed; null: none, and about 2, 5, 10, 20 and 50 % of the layer",
    )
    attacks: tuple[AttackSpec, ...] = Field((Pgd(),), min_length=1, max_length=16, description="Made anew each time")
    max_samples: int | None = Field(100, ge=1, le=MOST, description="Images; null is every evaluated sample")


class MaskingPoint(Frozen):
    group: MaskedGroup
    masked: int
    clean_accuracy: float
    robust_accuracy: dict[str, float] = Field(description="Attack id → share of all images")


class MaskingSection(Frozen):
    layer: str
    neurons: int
    n: int
    attacks: dict[str, Json] = Field(description="Attack id → its options")
    points: tuple[MaskingPoint, ...]


class MaskedParams(SliceParams):
    """omega: layer → its units, the most sensitive first; counts: at most as many each."""

    group: MaskedGroup
    counts: tuple[int, ...]
    attacks: tuple[AttackSpec, ...]
    omega: dict[str, tuple[int, ...]]


class MaskedValue(Wire):
    """Images; correct ones by count; those that the attack leaves, by attack and count."""

    n: int
    clean: tuple[int, ...]
    robust: tuple[tuple[int, ...], ...]


MASKED = Work("masked", MaskedParams, MaskedValue)

DEFINITIONS = {
    "masking": "the units with the largest sigma of a layer are zeroed after activation, beside as many random ones (one "
    "permutation, by the seed); every attack is made anew against what is left",
}


def usual_counts(neurons: int) -> tuple[int, ...]:
    """How many of a layer's units are zeroed where nothing is said."""
    return tuple(sorted({0, *(max(1, round(neurons * share)) for share in (0.02, 0.05, 0.1, 0.2, 0.5))}))
