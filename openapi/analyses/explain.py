"""How a perturbation works: what its parts promote and suppress, and whether they lie where classes are seen."""

from typing import Literal

from pydantic import Field

from openapi.analyses import dissection, masking
from openapi.analyses.base import Analysis
from openapi.analyses.dissection import OVERLAPS, THRESHOLDS, UNIT_COUNTS, DissectionOptions, DissectionSection
from openapi.analyses.masking import MASKED, MaskingOptions, MaskingSection
from openapi.attacks import AttackSpec, Pgd
from openapi.base import MOST, Frozen
from openapi.stages.analysis import SliceParams, Work, WorkFile
from openapi.stages.base import Regions, Wire, is_none

Targets = Literal["runner_up", "random"]
MapKind = Literal["cam", "asm"]


class ExplainOptions(Frozen):
    """The adversarial examples of one attack, taken apart."""

    attack: AttackSpec = Field(Pgd(), description="Whose examples are explained; any attack of the suite")
    compare: tuple[AttackSpec, ...] = Field(
        (), max_length=8, description="Further attacks whose examples are explained alike, and set beside it"
    )
    targets: Targets | None = Field(
        None,
        description="A class for each sample to aim at, for attacks that take a `target`; null: as each attack says",
    )
    grid: int | None = Field(
        None, ge=1, le=1024, description="Side of a group in pixels; null: 2 up to 32 pixels, else 13"
    )
    kappa: float = Field(1e-3, gt=0, le=1e6, description="Effects on a logit below this count as none")
    map: MapKind | None = Field(
        None,
        description="Class activation maps, or adversarial saliency maps; null is the first where the model has them, "
        "else none",
    )
    layer: str | None = Field(
        None, max_length=500, description="Layer of Grad-CAM; null: the last map, see definitions"
    )
    quantile: float = Field(0.7, ge=0, lt=1, description="Of a map, above which a pixel belongs to its class")
    refinement: bool = Field(True, description="Whether perturbations are pruned to what their success needs")
    masking: MaskingOptions | None = Field(
        None, description="Units zeroed as a defence, the sensitive ones beside random ones; null leaves it out"
    )
    dissection: DissectionOptions | None = Field(
        None, description="Units beside the concepts of the data set's masks; null leaves it out"
    )
    max_samples: int | None = Field(100, ge=1, le=MOST, description="Images; null is every evaluated sample")


class Shares(Frozen):
    """Shares of the perturbed groups, that add up to 1."""

    suppression: float
    balanced: float
    promotion: float
    negligible: float


class ShareIntervals(Frozen):
    """95 % intervals of the means over images."""

    suppression: tuple[float, float]
    balanced: tuple[float, float]
    promotion: tuple[float, float]
    negligible: tuple[float, float]


class Score(Frozen):
    score: float
    chance: float


class Interpretability(Frozen):
    """Of the maps (x, true class) and (x, target)."""

    true: Score
    target: Score


class ScoreCurve(Frozen):
    """Mean scores against the quantile, beside chance."""

    quantiles: tuple[float, ...]
    true: tuple[float, ...]
    true_chance: tuple[float, ...]
    target: tuple[float, ...]
    target_chance: tuple[float, ...]


class RefinedSample(Frozen):
    before: float = Field(description="L2 norm of the perturbation")
    after: float
    success: bool = Field(description="Whether the pruned example, as it is stored, still fools")


class RefinedMean(Frozen):
    n: int
    before: float
    after: float
    success: float = Field(description="Share of the pruned examples that still fool")


class ExplainedSample(Frozen):
    index: int
    label: int
    target: int = Field(description="The class aimed at; of an untargeted attack the one reached")
    l2: float
    groups: int = Field(description="Groups that are perturbed")
    shares: Shares
    interpretability: Interpretability | None
    refinement: RefinedSample | None


class CommonImages(Frozen):
    """Means over the images that every attack with a success fools: what is left to compare at equal success."""

    l2: float = Field(description="Of the perturbations")
    sparsity: float
    shares: Shares


class ExplainedAttack(Frozen):
    """One of the attacks that are compared; nulls where none of its examples fools."""

    id: str
    attack: AttackSpec
    tried: int
    n: int
    success_rate: float = Field(description="n / tried")
    l2: float | None = Field(description="Mean over its successes, as all below")
    sparsity: float | None
    shares: Shares | None
    intervals: ShareIntervals | None
    interpretability: Interpretability | None
    refinement: RefinedMean | None
    common: CommonImages | None


class ExplainSection(Frozen):
    attack: AttackSpec
    grid: int = Field(description="Side of a group")
    kappa: float
    map: str | None = Field(description="`cam`, `grad_cam` or `asm`; null where the model has no map")
    quantile: float
    tried: int = Field(description="Images attacked")
    n: int = Field(description="Successful examples, which alone are explained")
    sparsity: float | None = Field(
        description="Mean share of an image's groups that are left alone; null, as all means, where n is 0"
    )
    shares: Shares | None
    intervals: ShareIntervals | None
    interpretability: Interpretability | None
    curve: ScoreCurve | None
    refinement: RefinedMean | None
    samples: tuple[ExplainedSample, ...]
    attacks: tuple[ExplainedAttack, ...] = Field((), description="`attack` and those of `compare`")
    common: int = Field(0, description="Images that each of them with a success fools")
    masking: MaskingSection | None = None
    dissection: DissectionSection | None = None


class ExplainFile(WorkFile):
    """`rows`: a line of JSON a sample (`ExplainedSample`); `arrays`: an .npz of what is behind it."""

    ROWS = "rows"
    ARRAYS = "arrays"


class ExplainParams(SliceParams):
    """What is explained on one slice. regions: see `openapi.stages.attack.AttackParams`."""

    attack: AttackSpec
    targets: Targets | None
    grid: int | None
    kappa: float
    map: MapKind
    layer: str | None
    quantile: float
    refinement: bool
    regions: Regions | None = Field(None, exclude_if=is_none)


class ExplainValue(Wire):
    """Images attacked, examples explained, the side of a group; map: which maps were made, or `missing`: why none."""

    tried: int
    n: int
    grid: int
    map: str | None
    missing: str | None


EXPLAIN = Analysis(
    "explain",
    "Explanations (promotion and suppression)",
    ExplainOptions,
    ExplainSection,
    (Work("explain", ExplainParams, ExplainValue), MASKED, UNIT_COUNTS, THRESHOLDS, OVERLAPS),
    {
        "": "after Xu et al., Interpreting Adversarial Examples by Activation Promotion and Suppression; formulas, kappa and "
        "limits are reconstructions, only its abstract is at hand",
        "groups": "reconstruction: squares over all channels, 2x2 up to 32 pixels and 13x13 above; ours: smaller at the edge",
        "shares": "reconstruction: s_i = z(x'_(i))_t0 - z(x')_t0 and p_i = z(x')_t - z(x'_(i))_t with group i undone; "
        "PSR_i = log2(max(p_i, kappa) / max(s_i, kappa)) below -1 is suppression, above 1 promotion, else balanced; ours: "
        "negligible where both are below kappa; of the perturbed groups of an image, averaged over images",
        "sparsity": "ours: the mean share of an image's groups that a perturbation leaves alone",
        "attacks": "ours: of several attacks those of the paper's comparison are C&W, EAD, StrAttack, I-FGSM and PGD; "
        "`common` are means over the images that all of them fool, but for those that fool none",
        **masking.DEFINITIONS,
        **dissection.DEFINITIONS,
        "target": "ours: of an untargeted attack the class that the example reaches",
        "interpretability": "IS(delta, c) = ||B o delta|| / ||delta||, B the pixels where the map of (x, c) reaches its "
        "quantile; chance: the square root of B's share of the image",
        "map": "CAM where the head averages a map and weighs its channels, else Grad-CAM at the last map (of a transformer "
        "its grid of tokens) or at `layer`; `asm`: (dz_c/dx) |dz_o/dx| with o the other of both classes, summed over "
        "channels (ours)",
        "refinement": "ours: the perturbation outside of both classes' B is undone at the highest quantile that still "
        "succeeds, then group by group from the least |p_i| + |s_i|; where that quantile stays below `quantile` the rest "
        "is fitted anew within its old L2 and L-infinity size; success is checked on the stored image",
    },
    own=True,
    artifacts=("explanations",),
)
