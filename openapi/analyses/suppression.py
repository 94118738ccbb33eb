"""Does the network lean on its sensitive neurons? Accuracy while they are turned down, beside random ones (SNS, Fig. 9)."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from openapi.analyses.base import Analysis
from openapi.attacks import AttackSpec, Fgsm, Pgd
from openapi.attacks.corruptions import GaussianNoise
from openapi.base import MOST, Frozen, Json
from openapi.stages.analysis import SliceParams, Work, WorkFile, WorkParams
from openapi.stages.base import Wire

#: The multipliers of Fig. 9.
BETAS = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)

Attributed = Literal["importance", "conductance"]
Ranking = Literal["sensitivity", "ratio", "importance", "conductance", "random"]
#: Those that take gradients of pairs, the others take sums of σ.
ATTRIBUTED: tuple[Attributed, ...] = get_args(Attributed)


class SuppressionOptions(Frozen):
    """Outputs after activation of a share of every hidden layer's neurons are multiplied by beta."""

    fraction: float = Field(0.1, gt=0, le=1, description="Share of each layer's neurons")
    ranking: Ranking = Field(
        "sensitivity",
        description="By what the neurons are chosen: sigma, sigma_ratio, the part of the adversarial logit that a neuron "
        "makes (`importance`), the part of the attack's gain that goes through it (`conductance`), both on the dual pairs "
        "of `neurons`; `random` is a test of the test",
    )
    betas: tuple[Annotated[float, Field(ge=0, le=1)], ...] = Field(
        BETAS, min_length=1, max_length=64, description="Factors of the neurons' outputs after activation"
    )
    repeats: int = Field(3, ge=1, le=20, description="Control groups: as many neurons, drawn from the rest")
    attacks: tuple[AttackSpec, ...] = Field(
        (Pgd(steps=10), Pgd(norm="l2", eps=80 / 255, steps=10), Fgsm(), GaussianNoise(severity=3)),
        min_length=1,
        max_length=16,
        description="Made anew against every suppressed network",
    )
    max_samples: int | None = Field(None, ge=1, le=MOST, description="Images; null is every evaluated sample")


class SuppressionPoint(Frozen):
    """One suppressed network."""

    group: Literal["sensitive", "control"] = Field(description="`sensitive`: the first ones by the ranking")
    repeat: int
    beta: float
    clean_accuracy: float
    robust_accuracy: dict[str, float] = Field(description="Attack id → share of all images")


class SuppressionSection(Frozen):
    fraction: float
    ranking: Ranking = "sensitivity"
    n: int
    attacks: dict[str, Json] = Field(description="Attack id → its options")
    points: tuple[SuppressionPoint, ...]


class AttributionFile(WorkFile):
    """`attributions`: an .npz of float64 totals of every layer's neurons, which merge exactly."""

    ATTRIBUTIONS = "attributions"


class AttributionParams(SliceParams):
    """Attributions of the neurons of layers on the dual pairs of one slice."""

    kind: Attributed
    layers: tuple[str, ...]
    eps: float
    steps: int
    step_size: float | None


class AttributionValue(Wire):
    n: int


class OmegaParams(WorkParams):
    """From merged sums to Ω of the named layers. Inputs: those of all slices, of σ (``sums.J``) or, where the ranking is
    by them, of attributions (``attributions.J``). seed: of a random ranking."""

    layers: tuple[str, ...]
    fraction: float
    ranking: Ranking
    zero_policy: Literal["skip", "one", "eps"]
    seed: int


class OmegaValue(Wire):
    """Layer → neurons, first ones first."""

    omega: dict[str, tuple[int, ...]]


class SuppressedFile(WorkFile):
    """`outcomes`: an .npz of `index` (n,), `clean` (betas, n) and `robust` (attacks, betas, n) bool."""

    OUTCOMES = "outcomes"


class SuppressedParams(SliceParams):
    """One group of neurons at every beta. repeat: of a control group; None for the sensitive neurons."""

    repeat: int | None
    betas: tuple[float, ...]
    attacks: tuple[AttackSpec, ...]
    omega: dict[str, tuple[int, ...]]


class SuppressedValue(Wire):
    """Images; correct ones by beta; those that the attack leaves, by attack and beta."""

    n: int
    clean: tuple[int, ...]
    robust: tuple[tuple[int, ...], ...]


ATTRIBUTION = Work("attribution", AttributionParams, AttributionValue)
OMEGA = Work("omega", OmegaParams, OmegaValue)
SUPPRESSED = Work("suppressed", SuppressedParams, SuppressedValue)
SUPPRESSION = Analysis(
    "suppression",
    "Suppression of neurons (SNS, Fig. 9)",
    SuppressionOptions,
    SuppressionSection,
    (ATTRIBUTION, OMEGA, SUPPRESSED),
    {
        "": "accuracy, clean and under attacks made anew, when the outputs after activation of the top neurons of every "
        "hidden layer are multiplied by beta; control: as many drawn from the rest of each layer (SNS, section IV-D, Fig. 9)",
        "ranking.importance": "mean over the dual pairs of F(x') dz_a/dF(x'), summed over a neuron's elements after "
        "activation, a the answer to x': phi of the penultimate neurons (SNS, Eq. 3); of the other layers ours",
        "ranking.conductance": "mean over the dual pairs of sum_t dm/dF(x_t) (F(x_t+1) - F(x_t)) along the straight line "
        "from x to x', m = z_a - z_y (Dhamdhere, Sundararajan and Yan, How Important Is a Neuron?, ICLR 2019, with x as "
        "the baseline); ours: 8 steps, trapezoidal rule",
        "test": "ours: per image, how often it is classified correctly over betas below 1 and over attacks, under the "
        "control (mean of its repeats) minus under the sensitive group; Wilcoxon's signed-rank test, one-sided",
    },
)
