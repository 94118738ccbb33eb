"""The attacks that can be asked for: one frozen model each, with defaults, threat model and paper.

Adding an attack begins here; its implementation goes into `workers/attacks/`, found by the same `name`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, model_validator

from openapi.base import Frozen, Radius
from openapi.problems import InvalidField

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
    targeted: bool = Field(False, description="Towards `target`; any wrong class still counts as a success")
    target: Literal["runner_up", "next", "random"] = Field(
        "runner_up", description="Class a targeted attack aims at: second-highest clean logit, y + 1, or random per sample"
    )
    restarts: int = Field(1, ge=1, le=100)
    random_start: bool = True
    loss: Literal["ce", "margin"] = "ce"


#: One attack with its options; `name` decides which.
AttackSpec = Annotated[Fgsm | Pgd, Field(discriminator="name")]

#: Name → model, for `GET /attacks` and for the workers' registry.
ATTACKS: dict[str, type[Attack]] = {"fgsm": Fgsm, "pgd": Pgd}

ATTACK_ADAPTER: TypeAdapter[AttackSpec] = TypeAdapter(AttackSpec)


#: Options that every id shows when the attack has them, in this order; the rest appears only where it tells two apart.
_SHOWN = ("norm", "corruption", "severity", "eps", "steps")


def _written(value: Any) -> str:
    """One option's value as a part of an id: letters, digits, dots and dashes alone."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".") if 1e-3 <= value < 1e4 else f"{value:.3g}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "_".join(_written(v) for v in value)
    return "".join(c if (c.isascii() and c.isalnum()) or c in "._+-" else "_" for c in str(value))


def _plain_id(spec: Attack) -> str:
    values = [getattr(spec, field, None) for field in _SHOWN]
    parts = [spec.name, *(_written(v) for v in values if v is not None)]
    if getattr(spec, "targeted", False):
        parts.append("targeted")
    return "-".join(parts)


def attack_ids(specs: Sequence[Attack]) -> tuple[str, ...]:
    """Name every attack of one audit: readable, unique, and the same for the same list.

    A spec's own `id` is kept. The others are called by name, norm, eps and steps (``pgd-linf-0.0314-10``), then by
    whatever else tells two of them apart (``…-restarts-5``), and equal specs by a running number. `InvalidField` when
    two specs were given the same `id`.
    """
    given = Counter(spec.id for spec in specs if spec.id is not None)
    for i, spec in enumerate(specs):
        if spec.id is not None and given[spec.id] > 1 and any(s.id == spec.id for s in specs[:i]):
            raise InvalidField(f"/attacks/{i}/id", f"the id {spec.id!r} is used twice; ids must differ")
    plain = [spec.id or _plain_id(spec) for spec in specs]
    names = list(plain)
    for i, spec in enumerate(specs):
        twins = [s for s, p in zip(specs, plain, strict=True) if p == plain[i] and s.id is None]
        if spec.id is None and len(twins) > 1:
            own = [f for f in type(spec).model_fields if f not in {"name", "id", "targeted", *_SHOWN}]
            odd = [f for f in own if getattr(spec, f) != type(spec).model_fields[f].default]
            told = [f for f in odd if len({repr(getattr(s, f, None)) for s in twins}) > 1]
            names[i] = "-".join([plain[i], *(f"{f}-{_written(getattr(spec, f))}" for f in told)])
    taken: set[str] = {spec.id for spec in specs if spec.id is not None}
    for i, spec in enumerate(specs):
        if spec.id is not None:
            continue
        name, count = names[i], 1
        while name in taken:
            count += 1
            name = f"{names[i]}-{count}"
        names[i] = name
        taken.add(name)
    return tuple(names)
