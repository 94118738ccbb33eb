"""The close look at what a hardening gained: which attacks it adds to those of the request, and on which samples."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from openapi.attack_ids import attack_ids
from openapi.attacks import AttackSpec, AutoAttack, Pgd
from openapi.base import MOST, Frozen
from openapi.threat_models import ThreatModel

#: Most steps of an attack.
_MOST_STEPS = 10_000


class Scrutiny(Frozen):
    """Before against after once more, in every ball of the attacks, by attacks that see through masked gradients."""

    max_samples: int = Field(128, ge=1, le=MOST, description="The first so many of the evaluated samples")
    autoattack: bool = Field(True, description="AutoAttack on both models")
    more_steps: int = Field(
        10, ge=1, le=100, description="PGD on both models with so many times the steps of PGD; 1 leaves it out"
    )
    transfer: bool = Field(True, description="Full-strength PGD examples of the uploaded model, on the hardened one")
    straight_through: bool = Field(
        True,
        description="PGD on the hardened model with straight-through gradients (BPDA) for operators whose own is zero",
    )
    neurons: bool = Field(True, description="Sensitivity and ratio of every layer, before and after (SNS, Fig. 17)")


@dataclass(frozen=True)
class Added:
    """Attacks that a scrutiny adds, each with its id: `both` run on either model; `transferred` are made on the
    uploaded model, `surrogate` on the hardened one with straight-through gradients, and tried on the hardened one."""

    both: tuple[AttackSpec, ...] = ()
    transferred: tuple[Pgd, ...] = ()
    surrogate: tuple[Pgd, ...] = ()


def added(scrutiny: Scrutiny, attacks: Sequence[AttackSpec], eps: float, steps: int) -> Added:
    """What a scrutiny adds to the attacks of a request; `eps` and `steps` are those of the training's pairs."""
    both: list[AttackSpec] = []
    transferred: list[Pgd] = []
    surrogate: list[Pgd] = []
    known = {_options(spec) for spec in attacks}
    for norm, radius in _balls(attacks) or [("linf", eps)]:
        usual = [s.steps for s in attacks if isinstance(s, Pgd) and (s.norm, s.eps) == (norm, radius)]
        base = max(usual, default=steps)
        ball = {"norm": norm, "eps": radius}
        longer = Pgd.model_validate({**ball, "steps": min(_MOST_STEPS, scrutiny.more_steps * base)})
        asked: list[tuple[bool, AttackSpec]] = [
            (scrutiny.autoattack, AutoAttack.model_validate(ball)),
            (scrutiny.more_steps > 1, longer),
        ]
        both += [spec for wanted, spec in asked if wanted and _options(spec) not in known]
        name = f"{norm}-{radius:.4g}"
        if scrutiny.transfer:
            transferred.append(Pgd.model_validate({**ball, "steps": base, "id": f"transfer-{name}"}))
        if scrutiny.straight_through:
            surrogate.append(longer.model_copy(update={"id": f"straight-through-{name}"}))
    ids = attack_ids([*attacks, *both, *transferred, *surrogate])[len(attacks) :]
    named = [spec.model_copy(update={"id": i}) for spec, i in zip(both, ids, strict=False)]
    return Added(tuple(named), tuple(transferred), tuple(surrogate))


def _options(spec: AttackSpec) -> str:
    return repr(spec.model_copy(update={"id": None}))


def _balls(attacks: Sequence[AttackSpec]) -> list[tuple[str, float]]:
    """(norm, eps) of the balls of the attacks on any wrong class, in their order."""
    found: list[ThreatModel] = [spec.threat_model for spec in attacks]
    balls = [(t.norm, t.eps) for t in found if t.kind == "ball" and t.bounded and t.norm in ("linf", "l2")]
    return list(dict.fromkeys((norm, eps) for norm, eps in balls if norm is not None and eps is not None))
