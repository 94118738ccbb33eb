"""What every attack says of itself: a name, a paper, and the threat model that worst cases are taken over."""

from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from openapi.base import Frozen, Radius

Norm = Literal["linf", "l2"]


class Attack(Frozen):
    """What all attacks share."""

    paper: ClassVar[str]
    summary: ClassVar[str]
    black_box: ClassVar[bool] = False

    name: str
    id: str | None = Field(
        None,
        max_length=80,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*$",
        description="Its name in the report; made from the options when null",
    )

    @property
    def threat_model(self) -> str:
        """The family that worst cases are taken over, e.g. ``linf eps=0.031373`` or ``l2 minimal``."""
        norm, eps = getattr(self, "norm", None), getattr(self, "eps", None)
        if norm is None:
            return self.name
        return f"{norm} minimal" if eps is None else f"{norm} eps={eps:.6g}"


class EpsAttack(Attack):
    """An attack inside a ball of radius eps, in units of the [0, 1] pixel domain."""

    norm: Norm = Field("linf", description="Of the ball: L-infinity or L2")
    eps: Radius = Field(8 / 255, description='0 < eps; at most 1 for linf. Fractions such as "8/255" are understood')

    @field_validator("eps")
    @classmethod
    def _linf_eps_at_most_one(cls, value: float, info: ValidationInfo) -> float:
        if info.data.get("norm") == "linf" and value > 1:
            raise ValueError('eps must be in (0, 1]: pixels are in [0, 1]; for 8 of 255 levels write "8/255"')
        return value


class MinimalL2(Attack):
    """An attack without a ball that looks for the smallest L2 distance."""

    norm: Literal["l2"] = Field("l2", description="Of the distance that is made small")
