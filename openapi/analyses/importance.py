"""Are the sensitive neurons the important ones? Penultimate neurons under attacks that aim at a class (SNS, Eq. 3 to 6)."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.analyses.base import Analysis
from openapi.analyses.sensitivity import Tap
from openapi.base import MOST, EpsChange, Frozen
from openapi.stages.analysis import SliceParams, Work, WorkFile
from openapi.stages.base import Wire

#: More targets than this must be named one by one.
MOST_TARGETS = 100


class ImportanceOptions(Frozen):
    """Pairs aimed at each target: images of another class, kept only if their example is classified as the target."""

    k: int = Field(20, ge=1, le=10_000, description="Neurons in the rankings of Eq. 4, 5 and 7")
    targets: Literal["all"] | Annotated[tuple[Annotated[int, Field(ge=0, le=MOST)], ...], Field(min_length=1)] = Field(
        "all", description=f"Classes to aim at; `all` for models of at most {MOST_TARGETS} classes"
    )
    eps: EpsChange | None = Field(None, description="L-infinity eps of the targeted PGD; null is that of `neurons`")
    steps: int | None = Field(None, ge=1, le=1000, description="null is those of `neurons`")
    max_samples: int | None = Field(None, ge=1, le=MOST, description="Images; null is every evaluated sample")


class TargetedAttack(Frozen):
    name: str
    eps: float
    steps: int
    targeted: Literal[True] = True


class TargetImportance(Frozen):
    """One target; nulls where no image was brought there."""

    target: int
    tried: int = Field(description="Images of another class")
    n: int = Field(description="Images whose example is classified as the target")
    important: tuple[int, ...] | None = Field(description="Top k by weighted vote over the images (Eq. 5)")
    sensitive: tuple[int, ...] | None = Field(description="Top k by sigma of those pairs (Eq. 1)")
    spearman: float | None = Field(description="Of sigma and mean phi over all neurons (Eq. 6), tie-corrected")
    levenshtein: float | None = Field(description="Of `important` and `sensitive` (Eq. 8)")
    levenshtein_indel: float | None = Field(description="The same with substitutions counted as 2")


class MeanImportance(Frozen):
    """Over the targets that have a value."""

    spearman: float | None
    levenshtein: float | None
    levenshtein_indel: float | None


class ImportanceChance(Frozen):
    """What rankings without any relation give."""

    spearman_sd: float | None = Field(description="1 / sqrt(neurons - 1), about 0")
    levenshtein: float
    levenshtein_indel: float


class ImportanceSection(Frozen):
    layer: str = Field(description="The penultimate layer, whose neurons the last layer reads")
    neurons: int
    k: int
    attack: TargetedAttack
    targets: tuple[TargetImportance, ...]
    mean: MeanImportance
    chance: ImportanceChance
    contribution: tuple[float, ...] = Field(description="Of every neuron, mean phi over the targets")
    sensitivity: tuple[float, ...] = Field(description="Of every neuron, mean sigma over the targets")


class TargetedFile(WorkFile):
    """`sums`: an .npz of float64 totals of every layer over the kept pairs, as of the stage `neurons`; `totals`: votes,
    φ and σ of the penultimate neurons; `pairs`: the kept pairs, where examples are kept. See `of_target`."""

    SUMS = "sums"
    TOTALS = "totals"
    PAIRS = "pairs"

    def of_target(self, i: int) -> str:
        """The key of the file of a step's i-th target."""
        return f"{self}-{i}" if i else str(self)


def _is_empty(value: tuple[object, ...]) -> bool:
    return not value


class TargetedParams(SliceParams):
    """Pairs aimed at one class, or at several: those of an image then share the pass of the image itself.

    more: the further classes. k: of the votes.
    """

    target: int
    more: tuple[int, ...] = Field((), exclude_if=_is_empty)
    eps: float
    steps: int
    k: int
    tap: Tap
    keep_examples: bool = False

    @property
    def targets(self) -> tuple[int, ...]:
        """All of them."""
        return (self.target, *self.more)


class AimedPairs(Wire):
    """tried: images of another class; n: kept."""

    target: int
    tried: int
    n: int


class TargetedValue(Wire):
    """tried, n: of the first target, as `AimedPairs` has them, and of `more`. layer, neurons: penultimate; `missing` says
    why there are none."""

    tried: int
    n: int
    layer: str | None
    neurons: int
    missing: str | None = None
    more: tuple[AimedPairs, ...] = Field((), exclude_if=_is_empty)


TARGETED = Work("targeted", TargetedParams, TargetedValue)
IMPORTANCE = Analysis(
    "importance",
    "Importance of penultimate neurons (SNS, Eq. 3-6)",
    ImportanceOptions,
    ImportanceSection,
    (TARGETED,),
    {
        "": "phi(F^m, x', y) = F^m(x') W[m, y], the part of logit y that penultimate neuron m contributes (SNS, Eq. 3); "
        "ours: summed over the numbers that the last layer reads of a neuron",
        "pairs": "ours: full-strength PGD towards the target from every image of another class, kept where the example "
        "is classified as the target",
        "important": "weighted vote, k for an image's first neuron down to 1 for its k-th (SNS, Eq. 4-5)",
        "spearman": "between sigma and the mean of phi over the kept images (SNS, Eq. 6); ours: tie-corrected",
        "levenshtein": "1 - edit distance / (|a| + |b|) (SNS, Eq. 7-8): at least 0.5 for lists of one length; "
        "`levenshtein_indel` counts a substitution as 2 (ours) and can reach 0",
    },
    artifacts=("importance", "targeted_pairs"),
)
