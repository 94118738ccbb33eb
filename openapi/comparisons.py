"""Comparisons: two audits of the same samples, side by side and sample by sample."""

from typing import Literal

from pydantic import Field

from openapi.base import Frozen, Timestamp
from openapi.report import Interval
from openapi.threat_models import ThreatModel

#: `worse`: clean accuracy or the worst case of a bounded threat model (of any, if none is) fell beyond chance, and none
#: rose; `better` the other way round; `mixed`: both; `no_difference`: neither.
ComparisonVerdict = Literal["better", "worse", "mixed", "no_difference"]

#: Images that one list names; `lost` counts all.
MOST_NAMED = 1000
#: The same of one class.
MOST_OF_CLASS = 50


class Paired(Frozen):
    """The samples that an audit holds, against those of another."""

    n: int
    base: float = Field(description="Share of the n samples that the base holds: correct and not fooled")
    candidate: float = Field(description="The same of the candidate")
    difference: float = Field(description="candidate − base")
    ci95: Interval = Field(description="95 % score interval of the difference of paired proportions (Tango 1998)")
    won: int = Field(description="Samples that only the candidate holds")
    lost: int = Field(description="Samples that only the base holds")
    p: float = Field(description="McNemar's exact two-sided test")
    p_adjusted: float = Field(description="The same with all rows of its list in view (Holm 1979)")
    worse: tuple[int, ...] = Field(description="Indices of the lost samples: the first 1000, of a class the first 50")
    better: tuple[int, ...] = Field(description="Indices of the won samples, likewise")


class ClassPaired(Paired):
    """One class by itself."""

    label: int = Field(description="The class's number in the base")
    name: str | None = Field(None, description="Its name, where it has one")


class AttackPaired(Paired):
    """One attack that both audits ran with the same options."""

    id: str = Field(description="Its id in the base")
    candidate_id: str = Field(description="Its id in the candidate")
    name: str
    threat_model: str
    classes: tuple[ClassPaired, ...]


class ThreatPaired(Paired):
    """The worst case over the attacks of a threat model that both audits ran."""

    threat_model: str
    threat: ThreatModel | None
    attacks: tuple[str, ...] = Field(description="Ids in the base")


class ComparedAudit(Frozen):
    """One side."""

    id: str
    created_at: Timestamp
    model_id: str
    model_name: str
    model_sha256: str
    dataset_id: str
    evaluated: int = Field(description="Samples that it evaluated; n of them were evaluated by both")


class LeftOut(Frozen):
    """An attack that only one side ran, or with other options."""

    id: str
    side: Literal["base", "candidate"]
    reason: str


class SamplesLeftOut(Frozen):
    """Samples that only one side evaluated."""

    side: Literal["base", "candidate"] = Field(description="Who evaluated them")
    n: int
    index: tuple[int, ...] = Field(description="The first 1000 of them")


class ComparisonReport(Frozen):
    """Both audits on the samples that both evaluated, under the attacks that both ran."""

    base: ComparedAudit
    candidate: ComparedAudit
    dataset_name: str
    n: int = Field(description="Samples that both evaluated")
    clean: Paired
    attacks: tuple[AttackPaired, ...]
    worst_case: tuple[ThreatPaired, ...]
    classes: tuple[ClassPaired, ...] = Field(
        description="By class, in the worst case over the bounded threat models (over all, if none is)"
    )
    left_out: tuple[LeftOut, ...] = Field(description="Attacks that do not count")
    samples_left_out: tuple[SamplesLeftOut, ...] = Field((), description="Samples that do not count")
    verdict: ComparisonVerdict
    rule: str = Field(description="What the verdict says of which rows, in a sentence")
    reasons: tuple[str, ...] = Field(description="The rows that decided, in words")
