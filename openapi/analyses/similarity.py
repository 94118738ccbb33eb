"""Are the same neurons sensitive whatever the target is? Rankings of every layer, pair by pair of targets (SNS, Eq. 7 to 10)."""

from pydantic import Field

from openapi.analyses.base import Analysis
from openapi.analyses.importance import TARGETED
from openapi.base import MOST, Frozen


class SimilarityOptions(Frozen):
    """On the targeted pairs of `importance`; where that is null they are made with its defaults."""

    fraction: float = Field(0.1, gt=0, le=1, description="Share of a layer's neurons in a ranking")
    max_samples: int | None = Field(
        None, ge=1, le=MOST, description="Images for the pairs where `importance` is null; else those of `importance`"
    )


class LayerSimilarity(Frozen):
    """A layer's sensitive neurons, compared over all pairs of targets; each number beside its chance level."""

    name: str
    neurons: int
    k: int
    levenshtein: float = Field(description="Average over pairs (Eq. 9)")
    levenshtein_chance: float
    levenshtein_indel: float
    levenshtein_indel_chance: float
    jaccard: float = Field(description="Total: common to all targets over in any (Eq. 10)")
    jaccard_chance: float


class SimilaritySection(Frozen):
    targets: tuple[int, ...] = Field(description="Those with at least one pair")
    layers: tuple[LayerSimilarity, ...]


SIMILARITY = Analysis(
    "similarity",
    "Similarity of sensitive neurons across target classes (SNS, Eq. 7-10)",
    SimilarityOptions,
    SimilaritySection,
    (TARGETED,),
    {
        "": "of the top-k neurons by sigma for each target: average pair Levenshtein similarity (SNS, Eq. 9) and total "
        "Jaccard index (SNS, Eq. 10), each beside the level of random rankings of as many of as many neurons",
    },
)
