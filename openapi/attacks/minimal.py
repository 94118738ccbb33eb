"""Attacks without a ball: they look for the nearest adversarial example."""

from typing import ClassVar, Literal

from pydantic import Field

from openapi.attacks.base import Attack, Facts, MinimalL2, Norm
from openapi.base import Change


class Cw(MinimalL2):
    paper: ClassVar[str] = "Carlini & Wagner 2017"
    summary: ClassVar[str] = "Smallest L2 distance by Adam on distance + c * margin, with c by binary search."
    facts: ClassVar[Facts] = Facts("C&W", minimal=True)

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
    facts: ClassVar[Facts] = Facts("DeepFool", minimal=True)

    name: Literal["deepfool"] = "deepfool"
    norm: Norm = Field("l2", description="Of the distance that is made small")
    steps: int = Field(50, ge=1, le=1000, description="Linearisations at most")
    overshoot: float = Field(0.02, ge=0, le=1, description="Share by which every step goes beyond the boundary")
    candidates: int = Field(10, ge=1, le=1000, description="Classes with the highest clean logits that are looked at")


class Ddn(MinimalL2):
    paper: ClassVar[str] = "Rony et al. 2019"
    summary: ClassVar[str] = "Smallest L2 distance: direction by gradient, length up or down by success."
    facts: ClassVar[Facts] = Facts("DDN", minimal=True)

    name: Literal["ddn"] = "ddn"
    steps: int = Field(100, ge=1, le=10_000, description="Gradient steps, those along the boundary included")
    init_eps: Change = Field(1.0, description="The first length tried")
    gamma: float = Field(0.05, gt=0, lt=1, description="Share by which the length grows or shrinks at a step")


class Fmn(Attack):
    paper: ClassVar[str] = "Pintor et al. 2021"
    summary: ClassVar[str] = "Smallest distance in any norm: the ball adapts while the margin falls inside it."
    facts: ClassVar[Facts] = Facts("FMN", minimal=True)

    name: Literal["fmn"] = "fmn"
    norm: Literal["linf", "l2", "l1", "l0"] = Field(
        "l2", description="Of the distance that is made small; l0 counts pixels, all channels together"
    )
    steps: int = Field(
        100, ge=1, le=10_000, description="Gradient steps of all rounds, those along the boundary included"
    )
    step_size: Change = Field(
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
    facts: ClassVar[Facts] = Facts("EAD", minimal=True)

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
    facts: ClassVar[Facts] = Facts("StrAttack", minimal=True)

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
    max_change: Change = Field(1.0, description="The most that a pixel may change, at most 1 has a meaning")
