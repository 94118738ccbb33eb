"""Before against after hardening: what the report stage finds, a hardening answers as `metrics`, and an audit reports."""

from typing import Annotated

from pydantic import Field, PlainSerializer

from openapi.audits import Verdict
from openapi.problems import Problem
from openapi.report import AttackReport, Check, Clean, RuleResult, WorstCase
from openapi.stages.base import Wire, as_it_came, is_none
from openapi.stages.harden import Epoch, Frontier
from openapi.threat_models import ThreatModel


class Side(Wire):
    """One side of the comparison, with the fields of a report."""

    clean: Clean
    attacks: tuple[AttackReport, ...]
    worst_case: tuple[WorstCase, ...]


class Gain(Wire):
    """Robust samples of one threat model, of `n`. gain: (gained − lost) / n; beyond_chance: by McNemar's test, 95 %."""

    threat_model: str
    threat: ThreatModel | None = Field(None, exclude_if=is_none)
    before: int
    after: int
    n: int
    gain: float
    gained: int
    lost: int
    beyond_chance: bool


class Comparison(Wire):
    """The same attacks on the parent and on the hardened model. clean_drop: negative when clean accuracy rose."""

    before: Side
    after: Side
    clean_drop: float
    gains: tuple[Gain, ...]
    rules: tuple[RuleResult, ...]
    checks: tuple[Check, ...]


class _Trained(Wire):
    layers: tuple[str, ...] | None
    frozen: tuple[str, ...] | None
    log: tuple[Epoch, ...] | None
    frontier: Frontier | None = Field(None, exclude_if=is_none)


class _OfAudit(Wire):
    id: str
    model_id: str | None
    verdict: Verdict | None


class _OfHardening(Wire):
    id: str
    method: str
    verdict: Verdict | None


# Fields stand in the order of the bases from the last to the first: first the identity, then the training.


class AuditHardening(Comparison, _Trained, _OfAudit):
    """What an audit's report says of its hardening."""


class OwnHardening(Comparison, _Trained, _OfHardening):
    """What a hardening's report says of itself."""


class NotHardened(Wire):
    """Why an audit's hardening has no result; the audit's own results stand."""

    id: str | None
    problem: Annotated[Problem, PlainSerializer(as_it_came)]
