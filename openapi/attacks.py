"""The attacks that can be asked for: one frozen model each, with defaults, threat model and paper.

Adding an attack begins here; its implementation goes into `workers/attacks/`, found by the same `name`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter, model_validator

from openapi.base import Frozen, Radius

Norm = Literal["linf", "l2"]


class Attack(Frozen):
    """What all attacks share."""

    paper: ClassVar[str]
    summary: ClassVar[str]
    black_box: ClassVar[bool] = False

    name: str
    id: str | None = Field(None, max_length=80, description="Its name in the report; made from the options when null")

    @property
    def threat_model(self) -> str:
        """The family that worst cases are taken over, e.g. ``linf eps=0.031373`` or ``l2 minimal``."""
        norm, eps = getattr(self, "norm", None), getattr(self, "eps", None)
        if norm is None:
            return self.name
        return f"{norm} minimal" if eps is None else f"{norm} eps={eps:.6g}"


class EpsAttack(Attack):
    """An attack inside a ball of radius eps, in units of the [0, 1] pixel domain."""

    norm: Norm = "linf"
    eps: Radius = Field(8 / 255, description='0 < eps; at most 1 for linf. Fractions such as "8/255" are understood')

    @model_validator(mode="after")
    def _linf_eps_at_most_one(self) -> "EpsAttack":
        if self.norm == "linf" and self.eps > 1:
            raise ValueError('eps must be in (0, 1]: pixels are in [0, 1]; for 8 of 255 levels write "8/255"')
        return self


class Fgsm(EpsAttack):
    paper: ClassVar[str] = "Goodfellow et al. 2015"
    summary: ClassVar[str] = "One step of size eps along the sign (or direction) of the loss gradient."

    name: Literal["fgsm"] = "fgsm"
    targeted: bool = False


class Pgd(EpsAttack):
    paper: ClassVar[str] = "Madry et al. 2018"
    summary: ClassVar[str] = "Projected gradient steps on the loss inside the eps ball."

    name: Literal["pgd"] = "pgd"
    steps: int = Field(10, ge=1, le=10_000)
    step_size: Radius | None = Field(None, description="null is eps / sqrt(steps), as in SNS")
    targeted: bool = False
    restarts: int = Field(1, ge=1, le=100)
    random_start: bool = True
    loss: Literal["ce", "margin"] = "ce"


#: One attack with its options; `name` decides which.
AttackSpec = Annotated[Fgsm | Pgd, Field(discriminator="name")]

#: Name → model, for `GET /attacks` and for the workers' registry.
ATTACKS: dict[str, type[Attack]] = {"fgsm": Fgsm, "pgd": Pgd}

ATTACK_ADAPTER: TypeAdapter[AttackSpec] = TypeAdapter(AttackSpec)
