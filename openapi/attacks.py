"""The attacks that can be asked for: one frozen model each, with defaults, threat model and paper.

Adding an attack begins here; its implementation goes into `workers/attacks/`, found by the same `name`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from openapi.base import Radius
from openapi.corruptions import Corruption, GaussianNoise
from openapi.threat_models import AimedAttack, Attack, ChosenClass, EpsAttack, MinimalL2, Norm

_CLASS = "or one class for all by its number or name; its samples are not attacked"
_RESTARTS = "Runs from new random points on what is still robust"


class Fgsm(AimedAttack):
    paper: ClassVar[str] = "Goodfellow et al. 2015"
    summary: ClassVar[str] = "One step of size eps along the sign (or direction) of the loss gradient."

    rules: ClassVar[tuple[str, ...]] = ("runner_up",)

    name: Literal["fgsm"] = "fgsm"
    targeted: bool = Field(False, description="Towards `target`; any wrong class still counts as a success")
    target: Literal["runner_up"] | ChosenClass = Field("runner_up", description=f"Second-highest clean logit, {_CLASS}")


class Pgd(AimedAttack):
    paper: ClassVar[str] = "Madry et al. 2018"
    summary: ClassVar[str] = "Projected gradient steps on the loss inside the eps ball."

    rules: ClassVar[tuple[str, ...]] = ("runner_up", "next", "random")

    name: Literal["pgd"] = "pgd"
    steps: int = Field(10, ge=1, le=10_000, description="Gradient steps a restart")
    step_size: Radius | None = Field(None, description="null is eps / sqrt(steps), as in SNS")
    targeted: bool = Field(False, description="Towards `target`; any wrong class still counts as a success")
    target: Literal["runner_up", "next", "random"] | ChosenClass = Field(
        "runner_up",
        description="Class a targeted attack aims at: second-highest clean logit, y + 1, random per sample, " + _CLASS,
    )
    restarts: int = Field(1, ge=1, le=100, description=_RESTARTS)
    random_start: bool = Field(True, description="Begin at a random point of the ball, else at the image itself")
    loss: Literal["ce", "margin"] = Field("ce", description="Cross-entropy, or the lead of the best wrong logit")


class Ifgsm(AimedAttack):
    paper: ClassVar[str] = "Kurakin et al. 2017"
    summary: ClassVar[str] = "Fast gradient sign steps from the image itself, clipped to the eps ball."

    rules: ClassVar[tuple[str, ...]] = ("runner_up",)

    name: Literal["ifgsm"] = "ifgsm"
    norm: Literal["linf"] = Field("linf", description="Always L-infinity")
    steps: int = Field(10, ge=1, le=10_000, description="Gradient steps")
    step_size: Radius | None = Field(None, description="null is eps / steps")
    targeted: bool = Field(False, description="Towards `target`; any wrong class still counts as a success")
    target: Literal["runner_up"] | ChosenClass = Field("runner_up", description=f"Second-highest clean logit, {_CLASS}")


class Apgd(EpsAttack):
    paper: ClassVar[str] = "Croce & Hein 2020"
    summary: ClassVar[str] = "PGD with momentum whose step size adapts itself; nothing to tune."

    name: Literal["apgd"] = "apgd"
    steps: int = Field(100, ge=1, le=10_000, description="Steps a restart")
    restarts: int = Field(1, ge=1, le=100, description=_RESTARTS)
    loss: Literal["ce", "dlr"] = Field("ce", description="Cross-entropy, or difference of logits ratio")


class ApgdT(AimedAttack):
    paper: ClassVar[str] = "Croce & Hein 2020"
    summary: ClassVar[str] = "APGD on the targeted DLR loss, once for each likely wrong class."

    rules: ClassVar[tuple[str, ...]] = ("likeliest",)

    name: Literal["apgd_t"] = "apgd_t"
    steps: int = Field(100, ge=1, le=10_000, description="Steps a restart and target")
    restarts: int = Field(1, ge=1, le=100, description=_RESTARTS)
    targets: int = Field(9, ge=1, le=1000, description="Wrong classes with the highest clean logits; at most K - 1")
    target: Literal["likeliest"] | ChosenClass = Field(
        "likeliest", description=f"The `targets` likeliest classes, {_CLASS}"
    )


class FabT(AimedAttack):
    paper: ClassVar[str] = "Croce & Hein 2020 (FAB)"
    summary: ClassVar[str] = (
        "Walks along the boundary to likely wrong classes towards the nearest point; inside eps counts."
    )

    rules: ClassVar[tuple[str, ...]] = ("likeliest",)

    name: Literal["fab_t"] = "fab_t"
    steps: int = Field(100, ge=1, le=10_000, description="Steps a restart and target")
    restarts: int = Field(1, ge=1, le=100, description=_RESTARTS)
    targets: int = Field(9, ge=1, le=1000, description="Wrong classes with the highest clean logits; at most K - 1")
    target: Literal["likeliest"] | ChosenClass = Field(
        "likeliest", description=f"The `targets` likeliest classes, {_CLASS}"
    )


class Square(EpsAttack):
    paper: ClassVar[str] = "Andriushchenko et al. 2020"
    summary: ClassVar[str] = "Random search by square patches; sees logits alone."
    black_box: ClassVar[bool] = True

    name: Literal["square"] = "square"
    queries: int = Field(5000, ge=1, le=1_000_000, description="At most, a sample and restart")
    p_init: float = Field(0.8, gt=0, le=1, description="Share of the pixels in the first patch")
    restarts: int = Field(1, ge=1, le=100, description=_RESTARTS)


class AutoAttack(EpsAttack):
    paper: ClassVar[str] = "Croce & Hein 2020"
    summary: ClassVar[str] = "Standard: APGD-CE, APGD-T, FAB-T and Square (5,000 queries), each on the survivors."

    name: Literal["autoattack"] = "autoattack"


class Cw(MinimalL2):
    paper: ClassVar[str] = "Carlini & Wagner 2017"
    summary: ClassVar[str] = "Smallest L2 distance by Adam on distance + c * margin, with c by binary search."

    name: Literal["cw"] = "cw"
    initial_const: float = Field(
        0.01, gt=0, le=1e10, description="The first c; ten times as much while nothing is found"
    )
    confidence: float = Field(0.0, ge=0, le=1e6, description="kappa: the margin that a success must have")
    binary_search_steps: int = Field(3, ge=1, le=20, description="Values of c that are tried")
    steps: int = Field(300, ge=1, le=10_000, description="At most, in each binary search step")
    learning_rate: float = Field(0.01, gt=0, le=1, description="Of Adam, in the units of the paper's tanh variable")


class Deepfool(Attack):
    paper: ClassVar[str] = "Moosavi-Dezfooli et al. 2016"
    summary: ClassVar[str] = "Smallest distance by steps to the nearest boundary of the linearised model."

    name: Literal["deepfool"] = "deepfool"
    norm: Norm = Field("l2", description="Of the distance that is made small")
    steps: int = Field(50, ge=1, le=1000, description="Linearisations at most")
    overshoot: float = Field(0.02, ge=0, le=1, description="Share by which every step goes beyond the boundary")
    candidates: int = Field(10, ge=1, le=1000, description="Classes with the highest clean logits that are looked at")


class Ddn(MinimalL2):
    paper: ClassVar[str] = "Rony et al. 2019"
    summary: ClassVar[str] = "Smallest L2 distance: direction by gradient, length up or down by success."

    name: Literal["ddn"] = "ddn"
    steps: int = Field(100, ge=1, le=10_000, description="Gradient steps, those along the boundary included")
    init_eps: Radius = Field(1.0, description="The first length tried")
    gamma: float = Field(0.05, gt=0, lt=1, description="Share by which the length grows or shrinks at a step")


class Fmn(Attack):
    paper: ClassVar[str] = "Pintor et al. 2021"
    summary: ClassVar[str] = "Smallest distance in any norm: the ball adapts while the margin falls inside it."

    name: Literal["fmn"] = "fmn"
    norm: Literal["linf", "l2", "l1", "l0"] = Field(
        "l2", description="Of the distance that is made small; l0 counts pixels, all channels together"
    )
    steps: int = Field(
        100, ge=1, le=10_000, description="Gradient steps of all rounds, those along the boundary included"
    )
    step_size: Radius = Field(
        1.0, description="L2 length of the first step (linf: in radii of the ball); falls by a cosine to a hundredth"
    )
    gamma: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Share by which the ball grows or shrinks at first; falls likewise. "
        "Null is 0.5 for l2, 0.4 for l1, 0.2 for linf, 0.15 for l0; the paper's is 0.05",
    )


class Ead(Attack):
    paper: ClassVar[str] = "Chen et al. 2018"
    summary: ClassVar[str] = (
        "Elastic net: smallest L1 distance by shrinkage steps on c * margin + L2 squared + beta * L1."
    )

    name: Literal["ead"] = "ead"
    norm: Literal["l1"] = Field("l1", description="Of the distance that is made small")
    beta: float = Field(0.01, gt=0, le=1, description="Weight of L1, and the threshold below which a change is undone")
    initial_const: float = Field(
        0.001, gt=0, le=1e10, description="The first c; ten times as much while nothing is found"
    )
    confidence: float = Field(0.0, ge=0, le=1e6, description="kappa: the margin that a success must have")
    binary_search_steps: int = Field(9, ge=1, le=20, description="Values of c that are tried")
    steps: int = Field(150, ge=1, le=100_000, description="At most, in each binary search step")
    learning_rate: float = Field(
        0.01, gt=0, le=1, description="First step size; falls with the square root of what is left"
    )


class StrAttack(MinimalL2):
    paper: ClassVar[str] = "Xu et al. 2019"
    summary: ClassVar[str] = "Structured attack: few groups of neighbouring pixels change, by ADMM."

    name: Literal["strattack"] = "strattack"
    group: int | None = Field(
        None, ge=1, le=1024, description="Side of a group in pixels; null: 2 up to 32 pixels, else 13"
    )
    initial_const: float = Field(
        1.0, gt=0, le=1e10, description="The first c; ten times as much while nothing is found"
    )
    binary_search_steps: int = Field(4, ge=1, le=20, description="Values of c that are tried")
    steps: int = Field(100, ge=1, le=100_000, description="ADMM rounds in each binary search step")
    gamma: float = Field(1.0, ge=0, le=1e4, description="Weight of the squared L2 norm")
    tau: float = Field(2.0, gt=0, le=1e4, description="Weight of the sum of the groups' L2 norms")
    rho: float = Field(5.0, gt=0, le=1e6, description="Weight of ADMM's penalty")
    max_change: Radius = Field(1.0, description="The most that a pixel may change, at most 1 has a meaning")


class OnePixel(Attack):
    paper: ClassVar[str] = "Su et al. 2019"
    summary: ClassVar[str] = "Black box: differential evolution over the place and colour of one (or a few) pixels."
    black_box: ClassVar[bool] = True

    name: Literal["one_pixel"] = "one_pixel"
    pixels: int = Field(1, ge=1, le=100, description="Pixels that may change")
    population: int = Field(400, ge=4, le=100_000, description="Candidates of a generation; each is one query")
    generations: int = Field(100, ge=1, le=100_000, description="Generations after the first, at most")
    mutation: float = Field(0.5, gt=0, le=2, description="F: the weight of the difference of two candidates")

    @property
    def threat_model(self) -> str:
        return f"l0 pixels={self.pixels}"


class Spsa(EpsAttack):
    paper: ClassVar[str] = "Uesato et al. 2018"
    summary: ClassVar[str] = "Black box: gradient estimated from random sign directions, followed by Adam."
    black_box: ClassVar[bool] = True

    name: Literal["spsa"] = "spsa"
    steps: int = Field(100, ge=1, le=100_000, description="Steps of Adam at most")
    directions: int = Field(512, ge=1, le=100_000, description="Random directions a step; each costs two queries")
    delta: float = Field(0.01, gt=0, le=1, description="Distance of the probes from the iterate, in pixel units")
    learning_rate: float = Field(0.01, gt=0, le=1, description="Of Adam, in pixel units")


class Nattack(EpsAttack):
    paper: ClassVar[str] = "Li et al. 2019"
    summary: ClassVar[str] = "Black box: natural evolution strategies on the mean of a Gaussian over perturbations."
    black_box: ClassVar[bool] = True

    name: Literal["nattack"] = "nattack"
    steps: int = Field(100, ge=1, le=100_000, description="Moves of the mean at most")
    samples: int = Field(300, ge=2, le=100_000, description="Samples a step")
    sigma: float = Field(0.1, gt=0, le=10, description="Standard deviation; half of it in pixel units")
    initial_mean: float = Field(0.0, ge=-1, le=1, description="The mean at first; half of it in pixel units")
    learning_rate: float = Field(0.008, gt=0, le=1, description="Of the mean")


#: One attack with its options; `name` decides which.
AttackSpec = Annotated[
    Fgsm
    | Pgd
    | Ifgsm
    | Apgd
    | ApgdT
    | FabT
    | Square
    | AutoAttack
    | Cw
    | Deepfool
    | Ddn
    | Fmn
    | Ead
    | StrAttack
    | OnePixel
    | Spsa
    | Nattack
    | GaussianNoise
    | Corruption,
    Field(discriminator="name"),
]

#: Name → model, for `GET /attacks` and for the workers' registry.
ATTACKS: dict[str, type[Attack]] = {
    "fgsm": Fgsm,
    "pgd": Pgd,
    "ifgsm": Ifgsm,
    "apgd": Apgd,
    "apgd_t": ApgdT,
    "fab_t": FabT,
    "square": Square,
    "autoattack": AutoAttack,
    "cw": Cw,
    "deepfool": Deepfool,
    "ddn": Ddn,
    "fmn": Fmn,
    "ead": Ead,
    "strattack": StrAttack,
    "one_pixel": OnePixel,
    "spsa": Spsa,
    "nattack": Nattack,
    "gaussian_noise": GaussianNoise,
    "corruption": Corruption,
}

ATTACK_ADAPTER: TypeAdapter[AttackSpec] = TypeAdapter(AttackSpec)
