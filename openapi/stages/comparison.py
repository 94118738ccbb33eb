"""Before against after hardening: what the report stage finds, a hardening answers as `metrics`, and an audit reports."""

from typing import Annotated, Literal

from pydantic import Field, PlainSerializer

from openapi.audits import Verdict
from openapi.problems import Problem
from openapi.report import AttackReport, Check, Clean, RuleResult, WorstCase
from openapi.stages.base import Wire, as_it_came, is_none
from openapi.stages.harden import Decided, Epoch, Frontier
from openapi.threat_models import ThreatModel


def _is_empty(value: object) -> bool:
    return not value


class Side(Wire):
    """One side of the comparison, with the fields of a report."""

    clean: Clean
    attacks: tuple[AttackReport, ...]
    worst_case: tuple[WorstCase, ...]


class Gain(Wire):
    """Robust samples of one threat model, of `n`. gain: (gained − lost) / n; p: of McNemar's exact two-sided test;
    beyond_chance: a gain with p ≤ 0.05."""

    threat_model: str
    threat: ThreatModel | None = Field(None, exclude_if=is_none)
    before: int
    after: int
    n: int
    gain: float
    gained: int
    lost: int
    beyond_chance: bool
    p: float | None = Field(None, exclude_if=is_none)


class ClassChange(Wire):
    """What became of the samples of a class in the worst case over the bounded threat models (over all, if none is).

    before, after: robust samples, of `n`. won, lost: indices of the samples that only the hardened model, or only the
    uploaded one, holds; the first 50 of `gained` and `given_up` samples.
    """

    label: int
    name: str | None
    n: int
    before: int
    after: int
    gained: int
    given_up: int
    won: tuple[int, ...]
    lost: tuple[int, ...]


class ComparedSide(Wire):
    """An image under an attack on one of the models. fooled: it was right before and is not now; predicted: the class of the
    picture, of which the model is `confidence` sure. picture: a PNG file as a data URI."""

    predicted: int
    confidence: float
    fooled: bool
    picture: str


class ComparedImage(Wire):
    """An image that was won or lost, with what an attack makes of it on either model. attack: that decided it, by its id."""

    index: int
    label: int
    won: bool
    attack: str
    benign: str
    before: ComparedSide
    after: ComparedSide


class ComparedImages(Wire):
    """The file `compared` of a hardening: pictures of some images that were won and lost, where examples are kept."""

    images: tuple[ComparedImage, ...]


class LayerState(Wire):
    """Means over a layer's neurons: of σ (Eq. 1), of σ over Ω of the uploaded model, and of σ_ratio (Eq. 11)."""

    sensitivity: float
    of_omega: float
    ratio: float | None


class LayerChange(Wire):
    """σ and ratio of a layer on the pairs of each model itself (SNS, Fig. 17). stabilised: whether its neurons
    were: it belongs to S, and the method stabilises."""

    name: str
    kind: str
    stabilised: bool
    before: LayerState
    after: LayerState | None
    rival: LayerState | None = Field(None, exclude_if=is_none)


class ScrutinyReport(Wire):
    """The close look, on the first `n` samples: the attacks of the request and those that it adds.

    On the side `after` stand examples of the uploaded model too, and those of a twin with straight-through gradients:
    operators counts what that twin treats. Where it is empty, the network's own gradients tell the truth: there are
    no such examples then, and no attack of that name.
    """

    n: int
    before: Side
    after: Side
    gains: tuple[Gain, ...]
    operators: dict[str, int] = {}
    neurons: tuple[LayerChange, ...] | None = None


class Rival(Wire):
    """The method that the hardening is shown beside, trained with the same options and seed.

    gains: of the rival over the uploaded model. against: of the hardening over the rival. scrutiny: the same on the
    samples and attacks of the close look.
    """

    method: str
    side: Side
    gains: tuple[Gain, ...]
    against: tuple[Gain, ...]
    scrutiny: "RivalScrutiny | None" = Field(None, exclude_if=is_none)


class RivalScrutiny(Wire):
    """`side` and `against` of a rival in the close look."""

    side: Side
    against: tuple[Gain, ...]


#: improved: every bounded worst case rose beyond chance and nothing hints at masked gradients; masked: it rose, and
#: something does.
Finding = Literal["improved", "not_improved", "masked"]


class Comparison(Wire):
    """The same attacks on the parent and on the hardened model. clean_drop: negative when clean accuracy rose.

    finding: what it comes to, with its `reasons`; signs_of_masking: how many of those say that gradients are masked.
    """

    before: Side
    after: Side
    clean_drop: float
    gains: tuple[Gain, ...]
    rules: tuple[RuleResult, ...]
    checks: tuple[Check, ...]
    finding: Finding | None = Field(None, exclude_if=is_none)
    reasons: tuple[str, ...] = Field((), exclude_if=_is_empty)
    signs_of_masking: int | None = Field(None, exclude_if=is_none)
    classes: tuple[ClassChange, ...] = Field((), exclude_if=_is_empty)
    scrutiny: ScrutinyReport | None = Field(None, exclude_if=is_none)
    rival: Rival | None = Field(None, exclude_if=is_none)


class _Trained(Wire):
    layers: tuple[str, ...] | None
    frozen: tuple[str, ...] | None
    log: tuple[Epoch, ...] | None
    frontier: Frontier | None = Field(None, exclude_if=is_none)
    decided: Decided | None = Field(None, exclude_if=is_none)


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
