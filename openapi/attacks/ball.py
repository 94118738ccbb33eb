"""Attacks inside a ball of radius eps that follow the gradient of the loss."""

from typing import ClassVar, Literal

from pydantic import Field

from openapi.attacks.base import AimedAttack, ChosenClass, EpsAttack, Facts
from openapi.base import Change

_CLASS = "or one class for all by its number or name; its samples are not attacked"
RESTARTS = "Runs from new random points on what is still robust"


class Fgsm(AimedAttack):
    paper: ClassVar[str] = "Goodfellow et al. 2015"
    summary: ClassVar[str] = "One step of size eps along the sign (or direction) of the loss gradient."
    facts: ClassVar[Facts] = Facts("FGSM", turn=10, climbs="one step")

    rules: ClassVar[tuple[str, ...]] = ("runner_up",)

    name: Literal["fgsm"] = "fgsm"
    targeted: bool = Field(False, description="Towards `target`; any wrong class still counts as a success")
    target: Literal["runner_up"] | ChosenClass = Field("runner_up", description=f"Second-highest clean logit, {_CLASS}")


class Pgd(AimedAttack):
    paper: ClassVar[str] = "Madry et al. 2018"
    summary: ClassVar[str] = "Projected gradient steps on the loss inside the eps ball."
    facts: ClassVar[Facts] = Facts("PGD", turn=30, climbs="many steps")

    rules: ClassVar[tuple[str, ...]] = ("runner_up", "next", "random")

    name: Literal["pgd"] = "pgd"
    steps: int = Field(10, ge=1, le=10_000, description="Gradient steps a restart")
    step_size: Change | None = Field(None, description="null is eps / sqrt(steps), as in SNS")
    targeted: bool = Field(False, description="Towards `target`; any wrong class still counts as a success")
    target: Literal["runner_up", "next", "random"] | ChosenClass = Field(
        "runner_up",
        description="Class a targeted attack aims at: second-highest clean logit, y + 1, random per sample, " + _CLASS,
    )
    restarts: int = Field(1, ge=1, le=100, description=RESTARTS)
    random_start: bool = Field(True, description="Begin at a random point of the ball, else at the image itself")
    loss: Literal["ce", "margin"] = Field("ce", description="Cross-entropy, or the lead of the best wrong logit")


class Ifgsm(AimedAttack):
    paper: ClassVar[str] = "Kurakin et al. 2017"
    summary: ClassVar[str] = "Fast gradient sign steps from the image itself, clipped to the eps ball."
    facts: ClassVar[Facts] = Facts("I-FGSM", turn=20, climbs="many steps")

    rules: ClassVar[tuple[str, ...]] = ("runner_up",)

    name: Literal["ifgsm"] = "ifgsm"
    norm: Literal["linf"] = Field("linf", description="Always L-infinity")
    steps: int = Field(10, ge=1, le=10_000, description="Gradient steps")
    step_size: Change | None = Field(None, description="null is eps / steps")
    targeted: bool = Field(False, description="Towards `target`; any wrong class still counts as a success")
    target: Literal["runner_up"] | ChosenClass = Field("runner_up", description=f"Second-highest clean logit, {_CLASS}")


class Apgd(EpsAttack):
    paper: ClassVar[str] = "Croce & Hein 2020"
    summary: ClassVar[str] = "PGD with momentum whose step size adapts itself; nothing to tune."
    facts: ClassVar[Facts] = Facts("APGD", turn=40, climbs="many steps")

    name: Literal["apgd"] = "apgd"
    steps: int = Field(100, ge=1, le=10_000, description="Steps a restart")
    restarts: int = Field(1, ge=1, le=100, description=RESTARTS)
    loss: Literal["ce", "dlr"] = Field("ce", description="Cross-entropy, or difference of logits ratio")


class ApgdT(AimedAttack):
    paper: ClassVar[str] = "Croce & Hein 2020"
    summary: ClassVar[str] = "APGD on the targeted DLR loss, once for each likely wrong class."
    facts: ClassVar[Facts] = Facts("APGD-T", turn=50, climbs="many steps")

    rules: ClassVar[tuple[str, ...]] = ("likeliest",)

    name: Literal["apgd_t"] = "apgd_t"
    steps: int = Field(100, ge=1, le=10_000, description="Steps a restart and target")
    restarts: int = Field(1, ge=1, le=100, description=RESTARTS)
    targets: int = Field(9, ge=1, le=1000, description="Wrong classes with the highest clean logits; at most K - 1")
    target: Literal["likeliest"] | ChosenClass = Field(
        "likeliest", description=f"The `targets` likeliest classes, {_CLASS}"
    )


class FabT(AimedAttack):
    paper: ClassVar[str] = "Croce & Hein 2020 (FAB)"
    summary: ClassVar[str] = (
        "Walks along the boundary to likely wrong classes towards the nearest point; inside eps counts."
    )
    facts: ClassVar[Facts] = Facts("FAB-T", turn=60)

    rules: ClassVar[tuple[str, ...]] = ("likeliest",)

    name: Literal["fab_t"] = "fab_t"
    steps: int = Field(100, ge=1, le=10_000, description="Steps a restart and target")
    restarts: int = Field(1, ge=1, le=100, description=RESTARTS)
    targets: int = Field(9, ge=1, le=1000, description="Wrong classes with the highest clean logits; at most K - 1")
    target: Literal["likeliest"] | ChosenClass = Field(
        "likeliest", description=f"The `targets` likeliest classes, {_CLASS}"
    )


class AutoAttack(EpsAttack):
    paper: ClassVar[str] = "Croce & Hein 2020"
    summary: ClassVar[str] = "Standard: APGD-CE, APGD-T, FAB-T and Square (5,000 queries), each on the survivors."
    facts: ClassVar[Facts] = Facts("AutoAttack", turn=100, climbs="many steps")

    name: Literal["autoattack"] = "autoattack"
