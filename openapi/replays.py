"""What the kept examples of an earlier audit say of another model, before any attack has run on it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypedDict

from pydantic import Field

from openapi.attacks import AttackSpec
from openapi.base import Frozen
from openapi.intervals import wilson
from openapi.metric_names import called
from openapi.policies import PolicyRule, holds
from openapi.stages.replay import ReplayValue
from openapi.threat_models import families

#: As `openapi.audits.Verdict`.
_Verdict = Literal["pass", "fail", "inconclusive"]


class ReplayCount(Frozen):
    """The examples of one attack of the earlier audit, or of all."""

    n: int = Field(description="Kept examples that fooled the earlier model")
    still_fooled: int = Field(description="Those of them that the model classifies wrongly")
    rate: float | None = Field(description="still_fooled over n; null without any example")
    ci95: tuple[float, float] | None = None


class ReplayedBy(ReplayCount):
    """One attack."""

    id: str
    threat_model: str


class ReplayReport(ReplayCount):
    """The replay of an earlier audit's examples."""

    audit: str = Field(description="The earlier audit")
    by_attack: tuple[ReplayedBy, ...]
    verdict: _Verdict | None = Field(
        description="What they alone say of the policy: `fail` where a rule is broken whatever the attacks will find, `pass` "
        "where every rule is about the replay and holds, else `inconclusive`; null without rules"
    )


def replay_report(
    audit: str, value: ReplayValue, specs: Sequence[AttackSpec], rules: Sequence[PolicyRule]
) -> ReplayReport:
    """The counts with their rates, and the first verdict. specs: the attacks of this audit."""
    by = tuple(ReplayedBy(id=a.id, threat_model=a.threat_model, **_count(a.n, a.still_fooled)) for a in value.attacks)
    whole = _count(sum(a.n for a in by), sum(a.still_fooled for a in by))
    found = ReplayReport(audit=audit, by_attack=by, verdict=None, **whole)
    if not rules:
        return found
    verdicts = first_verdicts(found, value, specs, rules)
    verdict = next((worst for worst in ("fail", "inconclusive") if worst in verdicts), "pass")
    return ReplayReport.model_validate({**dict(found), "verdict": verdict})


class _Count(TypedDict):
    n: int
    still_fooled: int
    rate: float | None
    ci95: tuple[float, float] | None


def _count(n: int, still_fooled: int) -> _Count:
    rate = still_fooled / n if n else None
    ci95 = wilson(still_fooled, n) if n else None
    return {"n": n, "still_fooled": still_fooled, "rate": rate, "ci95": ci95}


class _Known(NamedTuple):
    """What is known of a number: where it lies, or for an accuracy its largest value, with the ends of intervals."""

    ends: tuple[float, float]
    interval: tuple[float, float]


def first_verdicts(
    found: ReplayReport, value: ReplayValue, specs: Sequence[AttackSpec], rules: Sequence[PolicyRule]
) -> list[_Verdict]:
    """What the replay says of each rule.

    A sample that a kept example fools is not robust, whatever the attacks will find: of the worst case of a threat
    model the replay is an upper bound. Rules on the replay itself are decided, others are not.
    """
    return [_state(rule, found, value, specs) for rule in rules]


def _state(rule: PolicyRule, found: ReplayReport, value: ReplayValue, specs: Sequence[AttackSpec]) -> _Verdict:
    if rule.value is None:
        return "inconclusive"
    head, _, rest = rule.metric.partition(".")
    if head == "replay" and rest in ("n", "still_fooled", "rate"):
        number = getattr(found, rest)
        if number is None:
            return "inconclusive"
        ends = found.ci95 if rule.intervals and rest == "rate" and found.ci95 and rule.op != "==" else (number, number)
        held = [holds(rule.op, end, rule.value) for end in ends]
        return "pass" if all(held) else "inconclusive" if any(held) else "fail"
    if head == "worst_case" and rule.op in (">=", ">"):
        robust = min((value.evaluated - n for n in _fooled(rest, value, specs)), default=None)
        if robust is not None and value.evaluated:
            most = wilson(robust, value.evaluated)[1] if rule.intervals else robust / value.evaluated
            return "inconclusive" if holds(rule.op, most, rule.value) else "fail"
    return "inconclusive"


def _fooled(rest: str, value: ReplayValue, specs: Sequence[AttackSpec]) -> list[int]:
    """Samples fooled in each threat model of this audit that a path names and the replay has examples of."""
    threats = {str(threat): threat for threat in families(specs)}
    if rest == "robust_accuracy":
        chosen, field = [name for name, t in threats.items() if t.bounded] or list(threats), rest
    else:
        chosen, field = called(list(threats), rest)
    counts = {one.threat_model: one.fooled for one in value.threats}
    return [counts[name] for name in chosen if name in counts] if field == "robust_accuracy" else []
