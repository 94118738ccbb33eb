"""The audit report (`application/json`): every number that a sceptical reader could recompute."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from openapi.analyses import sections
from openapi.analyses.explain import ExplainSection
from openapi.analyses.parts import Block
from openapi.analyses.regions import RegionSection
from openapi.analyses.sensitivity import SensitivitySection
from openapi.artifacts import ArtifactInfo
from openapi.audits import Stopped, Verdict
from openapi.base import Frozen, Json, Timestamp
from openapi.models import InputSpec
from openapi.replays import ReplayReport
from openapi.threat_models import ThreatModel

SCHEMA_VERSION = "1.6"

Interval = tuple[float, float]


def _is_none(value: object) -> bool:
    return value is None


class ReportModel(Frozen):
    id: str
    sha256: str
    format: str
    name: str
    num_parameters: int
    input: InputSpec
    num_classes: int
    labels: tuple[str, ...] | None = Field(None, description="Class names, of the model or else of the data set")
    warnings: tuple[str, ...] = Field((), description="What inspection chose, guessed or found odd in the file")


class ReportDataset(Frozen):
    id: str
    sha256: str
    name: str
    num_samples: int
    evaluated: int
    samples: str | None = Field(
        None, description="How the evaluated samples were chosen; `index` in /samples names them"
    )
    split: str | None = None
    label_mapping: Json | None = Field(
        None,
        description="When labels are not the logits' numbers: `order` (name, text or numeric), `logits` (label i of the "
        "data set is logit logits[i], −1 where no sample has it), `evidence` {n, correct: {order: count}} or null",
    )
    channels: str | None = Field(None, description="The rule by which pictures became what the model takes, in words")
    resize: str | None = Field(None, description="The resizing rule that was applied to pictures, in words")
    warnings: tuple[str, ...] = Field((), description="What inspection chose, guessed or found odd in the file")


class ClassCount(Frozen):
    """What became of the samples of one class."""

    label: int
    n: int
    correct: int
    robust: int = Field(description="Correct and not fooled; in `clean` the same as `correct`")
    robust_accuracy: float | None = Field(None, description="`robust` over `n`")


class ClassReport(Frozen):
    """One class by itself: clean, and in the worst case over all bounded threat models (over all, if none is)."""

    label: int
    name: str | None = Field(None, description="The class's name, where it has one")
    n: int
    correct: int
    accuracy: float
    robust: int = Field(description="Correct, and fooled by none of those attacks")
    robust_accuracy: float
    ci95: Interval = Field(description="Of `robust_accuracy`")


class Clean(Frozen):
    accuracy: float
    correct: int
    n: int
    ci95: Interval = Field(description="95 % Wilson score interval")
    by_class: tuple[ClassCount, ...] = ()


class Histogram(Frozen):
    """Counts between neighbouring edges; the last bin holds its right edge too."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


class Distance(Frozen):
    """Over the successful examples; nulls when there is none."""

    norm: str
    mean: float | None
    median: float | None
    max: float | None
    histogram: Histogram | None = None


class Targeted(Frozen):
    """How often an attack on one chosen class reached it; `robust_accuracy` counts every wrong class."""

    target: int
    name: str | None = Field(None, description="The class's name, where it has one")
    reached: int = Field(description="Confirmed examples of the chosen class")
    n: int = Field(description="Attacked samples: correctly classified, of another class")
    success_rate: float | None = Field(description="Reached over attacked; null when none was attacked")
    ci95: Interval | None = None


class AttackReport(Frozen):
    id: str
    name: str
    threat_model: str = Field(description="The name of `threat`, by which policies call it")
    threat: ThreatModel | None = Field(None, exclude_if=_is_none, description="Null in reports before 1.3")
    params: Json
    robust_accuracy: float = Field(description="Correct and not fooled, over all n samples")
    robust: int
    n: int
    ci95: Interval
    success_rate: float | None = Field(description="Fooled over attacked; null when none was attacked")
    distance: Distance
    forward_passes: float = Field(description="Per attacked sample")
    backward_passes: float = Field(description="Per attacked sample")
    seconds: float
    figures: Json = {}
    by_class: tuple[ClassCount, ...] = ()
    queries: dict[str, float | int | None] | None = Field(
        None, description="Black-box attacks: `mean`, `median` and `max` queries of the successes"
    )
    targeted: Targeted | None = Field(None, description="Where one class was chosen as the `target` of all samples")
    atlas: tuple[str, ...] = Field(
        (), exclude_if=lambda value: not value, description="Its techniques in MITRE ATLAS; none of a corruption"
    )

    @property
    def blind(self) -> bool:
        """Whether no image has the region that it may change, so that it attacked nothing and measured nothing."""
        without = self.figures.get("without_region", 0)
        return self.n > 0 and isinstance(without, int) and without >= self.n


class WorstCase(Frozen):
    """Per-sample minimum over the attacks of one threat model."""

    threat_model: str = Field(description="The name of `threat`, by which policies call it")
    threat: ThreatModel | None = Field(None, exclude_if=_is_none, description="Null in reports before 1.3")
    robust_accuracy: float
    robust: int
    n: int
    ci95: Interval
    attacks: tuple[str, ...]


def untried(worst: WorstCase, attacks: Sequence[AttackReport]) -> bool:
    """Whether all attacks of a threat model are `blind`: its robust accuracy is the clean one, and says nothing."""
    return {a.id for a in attacks if a.blind}.issuperset(worst.attacks)


class Check(Frozen):
    id: str
    title: str
    status: Literal["pass", "fail", "skipped"]
    detail: str
    numbers: Json = {}


class NeuronReport(SensitivitySection, Block):
    """Sensitivity, and what further analyses were asked for; one that is missing is null, with the reason in `checks`."""

    parts = staticmethod(sections)
    keeps_null = True


class RuleResult(Frozen):
    metric: str
    op: str
    value: float | None = Field(
        description="Of a relative rule what its baseline and `drop` come to; null where the baseline has no such number"
    )
    actual: float | None
    status: Literal["pass", "fail", "inconclusive"]
    detail: str | None = Field(None, description="Why a rule is inconclusive")
    ci95: Interval | None = Field(
        None,
        exclude_if=_is_none,
        description="Of a rule that is judged by intervals: that of `actual`, of a relative one that of the difference",
    )
    relative_to: str | None = Field(None, exclude_if=_is_none, description="The audit that the rule is relative to")
    baseline: float | None = Field(None, exclude_if=_is_none, description="The metric in that audit")
    drop: float | None = Field(None, exclude_if=_is_none)
    policy_id: str | None = Field(None, exclude_if=_is_none, description="The named policy that the rule comes from")

    def wanted(self) -> str:
        """The rule in a line, as reports for people and pipelines write it."""
        text = f"{self.metric} {self.op} {'unknown' if self.value is None else f'{self.value:g}'}"
        if self.relative_to is not None:
            side = "below" if self.op in (">=", ">") else "above"  # the worse side of the earlier audit's number
            text = f"{text} ({self.drop or 0:g} {side} {self.relative_to})"
        return text if self.policy_id is None else f"{text} [{self.policy_id}]"

    def found(self) -> str:
        """What it was judged by, or why it could not be."""
        actual = "unknown" if self.actual is None else f"{self.actual:.6g}"
        return f"actual: {actual}" if self.detail is None else f"actual: {actual}; {self.detail}"


class ReportVerdict(Frozen):
    status: Verdict | None = Field(description="null when no rule was given")
    rules: tuple[RuleResult, ...]


class Report(Frozen):
    """The whole answer of an audit. A missing part is null with a reason in `checks`."""

    schema_version: str = SCHEMA_VERSION
    id: str
    created_at: Timestamp
    model: ReportModel
    dataset: ReportDataset
    config: Json
    definitions: dict[str, str]
    environment: Json
    clean: Clean
    attacks: tuple[AttackReport, ...]
    worst_case: tuple[WorstCase, ...]
    classes: tuple[ClassReport, ...] = ()
    replay: ReplayReport | None = Field(None, description="null where no earlier audit's examples were tried first")
    stopped: Stopped | None = Field(None, description="null when everything ran")
    checks: tuple[Check, ...]
    neurons: NeuronReport | None
    regions: RegionSection | None
    explain: ExplainSection | None
    hardening: Json | None
    verdict: ReportVerdict
    artifacts: tuple[ArtifactInfo, ...]
    timings: dict[str, float]
