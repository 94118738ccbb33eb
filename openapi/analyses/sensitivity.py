"""σ, the sensitivity of every neuron (SNS, Eq. 1, 2, 11): the first of the analyses, and what the others stand on.

It has no field of its own: its options are those of `neurons` itself, and so is its section. Its work is a stage of its
own, `openapi.stages.neurons`.
"""

from typing import Literal

from pydantic import Field

from openapi.base import MOST, Change, EpsChange, Frozen, Radius
from openapi.models import LayerKind

Tap = Literal["conv", "norm", "act", "pool"]


class SensitivityOptions(Frozen):
    """Which dual pairs drive the sensitivity (SNS Eq. 1, 11), and where a neuron's output is tapped."""

    tap: Tap = "conv"
    eps: EpsChange = Field(2 / 255, description="L-infinity eps of the full-strength PGD pairs")
    steps: int = Field(10, ge=1, le=1000)
    step_size: Change | None = None
    max_samples: int | None = Field(None, ge=1, le=MOST, description="Pairs; null is every evaluated sample")
    top_fraction: float = Field(0.1, gt=0, le=1, description="Share of a layer's neurons in Omega (Eq. 2)")
    zero_policy: Literal["skip", "one", "eps"] = "skip"


class NeuronRank(Frozen):
    neuron: int
    sensitivity: float
    ratio: float | None = Field(description="sigma_ratio (Eq. 11); null for a dead neuron or one without a sample left")
    rank: int = Field(ge=1)
    skipped: int = Field(0, description="Samples left out of `ratio` because the benign output is 0 (zero_policy skip)")


class LayerSensitivity(Frozen):
    name: str
    paper_name: str | None = Field(
        None, description="What the papers call it, which requests may do too: conv1 … conv13, fc1, l1b1c1"
    )
    kind: LayerKind
    neurons: int
    depth: int
    sensitivity: dict[str, float] = Field(description="`mean` and `max` of sigma (SNS Eq. 1)")
    ratio: dict[str, float | int | None] = Field(
        description="`mean`: mean over neurons of sigma_ratio (Eq. 11); `mean_top`: over the neurons of Omega (Fig. 13); `of_means`: ratio of means (ours); `skipped`: sample-neuron pairs left out"
    )
    top: tuple[int, ...] = Field(description="Omega: the top fraction by sigma (Eq. 2)")
    ranking: tuple[NeuronRank, ...] = Field(description="Every neuron, most sensitive first, ties by index")
    dead: tuple[int, ...]
    tap: str | None = Field(
        None, description="Where this layer was really tapped: the asked-for place may not exist there"
    )
    norm_folded: bool = Field(
        False, description="The file holds no normalisation behind this conv: tap `conv` then means what `norm` means"
    )


class PairInfo(Frozen):
    attack: str
    eps: Radius
    n: int
    steps: int | None = None


class SensitivitySection(Frozen):
    tap: str
    pairs: PairInfo
    layers: tuple[LayerSensitivity, ...]
