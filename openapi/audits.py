"""Audits: the request, its presets, and the API's answers."""

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from openapi.analyses import NeuronOptions
from openapi.analyses.explain import ExplainOptions
from openapi.analyses.presets import explain_of, neurons_of, regions_of, samples_of
from openapi.analyses.regions import RegionOptions
from openapi.attacks import AttackSpec
from openapi.base import MOST, Frozen, Id, Labels, Timestamp
from openapi.hardening_options import HardenOptions
from openapi.policies import Policy
from openapi.problems import Problem
from openapi.replays import ReplayReport
from openapi.samples import DESCRIPTION, SampleChoice
from openapi.stages.harden import Underway
from openapi.status import JobStatus

PresetName = Literal["smoke", "standard", "paper", "autoattack", "deep"]
Verdict = Literal["pass", "fail", "inconclusive"]


class Execution(Frozen):
    """How work is cut up, and when its turn comes. It never changes a result."""

    batch_size: int | None = Field(None, ge=1, le=65_536, description="null is measured")
    shards: int | None = Field(
        None, ge=1, le=10_000, description="Slices of the data set; null is chosen from its size"
    )
    priority: int = Field(
        0,
        ge=-100,
        le=100,
        exclude_if=lambda value: value == 0,
        description="Work of higher priority goes first among the tenant's own, where an hour of waiting counts as a "
        "point; tenants take turns whatever theirs are",
    )


class AuditRequest(Frozen):
    """The body of `POST /v1/audits`."""

    model_id: Id
    dataset_id: Id
    preset: PresetName | None = Field(None, description="`standard` when neither preset nor attacks are given")
    attacks: tuple[AttackSpec, ...] | None = Field(
        None, min_length=1, max_length=64, description="Replaces the preset's list"
    )
    neurons: NeuronOptions | None = Field(
        default_factory=neurons_of,
        description="null leaves the analysis of neurons out; where nothing is said σ is measured, and what the preset "
        "names beside it",
    )
    regions: RegionOptions | None = Field(
        default_factory=regions_of,
        description="One-pixel search by regions of the image; null leaves it out, and where nothing is said so do all "
        "presets but `paper` and `deep`",
    )
    explain: ExplainOptions | None = Field(
        default_factory=explain_of, description="How the examples of one attack work; left out likewise"
    )
    max_samples: int | None = Field(
        default_factory=samples_of,
        ge=1,
        le=MOST,
        description="So many samples (where the data set has fewer, all of them, and the report says so); null is all, and what "
        "is meant unless the preset says otherwise (`deep`: 200)",
    )
    samples: SampleChoice = Field("first", description=DESCRIPTION.format(count="max_samples"))
    seed: int = Field(0, ge=0, lt=2**63)
    keep_examples: bool = Field(
        False, description="Keep every adversarial example, as `.npz` and as `examples.zip` of PNG pairs"
    )
    survivors_only: bool = Field(
        False,
        description="Each attack gets only the samples that the cheaper ones of its threat model have not fooled: the "
        "same worst case, sooner; its robust accuracy is then that of all of them up to it",
    )
    policy: Policy = Policy()
    policy_id: Id | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="A named policy, whose rules are added to those of `policy`, as are those of policies that are bound "
        "to the model's name or tags",
    )
    replay_of: Id | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="An earlier audit of the same data set that kept its examples: they are tried on this model first, in "
        "seconds, and `replay` says what came of it while the attacks run",
    )
    time_budget: float | None = Field(
        None,
        gt=0,
        le=30 * 86_400,
        description="Seconds of running after which the audit ends; its report says what did not run, and rules that "
        "need it are inconclusive",
    )
    stop_on: Literal["fail"] | None = Field(
        None, description="`fail`: end as soon as a rule of the policy is broken whatever the rest would find"
    )
    harden: HardenOptions | None = None
    labels: Labels = Field({}, description="Free labels for finding the audit again")
    execution: Execution = Execution()

    @field_validator("stop_on")
    @classmethod
    def _has_a_rule(cls, value: str | None, info: ValidationInfo) -> str | None:
        policy = info.data.get("policy")
        if value is not None and policy is not None and not policy.rules and info.data.get("policy_id") is None:
            raise ValueError("needs a rule in policy: without one nothing can be broken")
        return value


class Progress(Frozen):
    """How far the present phase is."""

    done: float
    total: float
    unit: str


StopReason = Literal["time_budget", "stop_on"]


class Stopped(Frozen):
    """An audit that ended early: its numbers are of the attacks and samples that ran."""

    reason: StopReason
    detail: str
    samples: int = Field(
        description="Samples that were asked for; `dataset.evaluated` were evaluated by every attack here"
    )
    not_run: tuple[str, ...] = Field((), description="Attacks without any result")

    def __str__(self) -> str:
        """In one line: ``ended early: …; not run: …``."""
        return f"ended early: {self.detail}" + (f"; not run: {', '.join(self.not_run)}" if self.not_run else "")


class Headline(Frozen):
    """The report in one line: the least robust accuracy among the bounded threat models (among all, if none is)."""

    clean_accuracy: float
    worst_case: float | None = Field(description="null where no attack met an image that it may change")
    threat_model: str | None
    threat_label: str | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="The threat model as people read it, with eps as it was written; of older reports left out",
    )
    n: int
    stopped: Stopped | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="Of an audit that ended early: these numbers are of what ran. Left out when everything did",
    )


class JobInfo(Frozen):
    """What audits and hardenings are answered with alike."""

    id: str
    status: JobStatus
    phase: str | None = None
    progress: Progress | None = None
    seconds_left: float | None = Field(
        None,
        description="Estimate of the seconds until the work planned so far is done; null while nothing tells",
    )
    queue_position: int | None = Field(
        None,
        description="How many of your jobs that wait go before this one: higher priorities, then older ones; null once it "
        "has begun. Tenants take turns, so that others' jobs do not count",
    )
    waiting_for: Problem | None = Field(
        None, description="Why its work waits at present, such as a full disk; it goes on by itself"
    )
    verdict: Verdict | None = None
    problem: Problem | None = None
    model_id: str
    model_name: str | None = Field(None, description="null when the model was deleted")
    headline: Headline | None = Field(None, description="The report in one line, where there is one")


class AuditInfo(JobInfo):
    """An audit as the API answers it."""

    dataset_id: str
    hardening_id: str | None = None
    replay: ReplayReport | None = Field(
        None, description="What the examples of the audit `replay_of` say, once they were tried"
    )
    training: Underway | None = Field(
        None, description="While its hardening trains: loss terms, clean and robust accuracy"
    )
    request: AuditRequest | None = Field(description="null when it cannot be read any more; `problem` then says why")
    labels: dict[str, str] = {}
    created_at: Timestamp
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None


class AttackOutcome(Frozen):
    """What one attack did to one sample. `distance` is null when the sample was not attacked or not fooled."""

    success: bool
    predicted: int
    distance: float | None
    confidence: float
    queries: int | None = None


class SampleResult(Frozen):
    """One evaluated sample."""

    index: int
    label: int
    predicted: int
    correct: bool
    attacks: dict[str, AttackOutcome]
