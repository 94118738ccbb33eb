"""Plans as data: steps, what they take of each other, and how a plan grows and ends. No database here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from openapi.audits import Execution, StopReason, Verdict
from openapi.base import NEWER
from openapi.problems import Problem, TremorError
from openapi.stages.base import Stage, Wire
from openapi.stages.comparison import Comparison
from openapi.status import TERMINAL, JobKind, JobStatus
from openapi.wire.jobs import Blob, Limits, OutputFile, Pace, Shard, ShardResult
from service.orchestrator.subjects import Baseline, DatasetSubject, KeptExamples, ModelSubject, Part

Value = TypeVar("Value", bound=Wire)
Request = TypeVar("Request")


@dataclass(frozen=True)
class OutputOf:
    """An input of a step: the file that another step of the plan leaves under a key."""

    step: str
    file: str


@dataclass(frozen=True)
class ValueOf:
    """A parameter of a step: what another step of the plan finds, the whole value or the entry under a key."""

    step: str
    key: str | None = None


@dataclass(frozen=True)
class Step:
    """One unit of a plan, done by one shard.

    `name` is unique in the plan, and the name under which a report takes the outputs. `values`: fields of `params` that
    other steps find, whatever `params` itself says of them. `weight` is its part of the phase's progress, counted in
    `unit`. `execution`: what may change its speed alone. A step is released when all that it takes anything of, or
    comes `after`, has succeeded. When a step that `extends` has succeeded, the plan is asked to grow, whatever else
    still runs.
    """

    phase: str
    name: str
    stage: Stage
    inputs: Mapping[str, Blob | OutputOf]
    params: Wire
    values: Mapping[str, ValueOf] = field(default_factory=dict)
    weight: float = 1.0
    unit: str | None = None
    execution: Pace = field(default_factory=Pace)
    after: tuple[str, ...] = ()
    extends: bool = False

    @classmethod
    def of_samples(
        cls,
        phase: str,
        name: str,
        stage: Stage,
        inputs: Mapping[str, Blob | OutputOf],
        params: Wire,
        samples: float,
        execution: Execution,
        values: Mapping[str, ValueOf] | None = None,
    ) -> Self:
        """A step that takes so many samples through a model, by batches of the size that the request asks for."""
        batches = Pace(batch_size=execution.batch_size)
        return cls(phase, name, stage, inputs, params, values or {}, float(samples), "samples", batches)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Names of the steps that must succeed first, each once."""
        taken = [v.step for v in (*self.inputs.values(), *self.values.values()) if not isinstance(v, Blob)]
        return tuple(dict.fromkeys((*self.after, *taken)))

    def needs(self) -> dict[str, dict[str, list[str | None]]]:
        """What it takes of other steps, as JSON: for `inputs` ``name → [step, file]``, for `params` ``[step, key]``."""
        return {
            "inputs": {k: [v.step, v.file] for k, v in self.inputs.items() if isinstance(v, OutputOf)},
            "params": {k: [v.step, v.key] for k, v in self.values.items()},
        }

    def message(self, job_id: str, shard_id: str, limits: Limits, owner: str = "") -> Shard:
        """The shard that does it, as yet without what it takes of other steps (see `resolved`)."""
        return Shard(
            job_id=job_id,
            shard_id=shard_id,
            owner=owner,
            stage=self.stage,
            inputs={k: v for k, v in self.inputs.items() if isinstance(v, Blob)},
            params={k: v for k, v in self.params.dump().items() if k not in self.values},
            execution=self.execution,
            limits=limits,
        )


class MissingOutput(TremorError):
    """A step takes what the step before it did not leave."""


def resolved(shard: Shard, needs: Mapping[str, Mapping[str, Sequence[Any]]], found: Mapping[str, ShardResult]) -> Shard:
    """The shard with all that it `needs` (see `Step.needs`) of the results of other steps. Raises `MissingOutput`."""
    inputs, params = dict(shard.inputs), dict(shard.params)
    try:
        for name, (step, file) in needs.get("inputs", {}).items():
            inputs[name] = found[step].files[file].blob
        for name, (step, key) in needs.get("params", {}).items():
            params[name] = found[step].value if key is None else found[step].value[key]
    except KeyError as error:
        raise MissingOutput(f"The step before left no {error} for {shard.stage}") from error
    return shard.model_copy(update={"inputs": inputs, "params": params})


@dataclass(frozen=True)
class Done:
    """A step that has succeeded, and what it found."""

    phase: str
    name: str
    stage: Stage
    result: ShardResult

    def value(self, kind: type[Value]) -> Value:
        """What it found, as the model of its stage; `ValidationError` where it was written otherwise."""
        return kind.model_validate(self.result.value, extra=NEWER)


@dataclass(frozen=True)
class Child:
    """The hardening of an audit, a job of its own. `trained`: what its training left, once it has succeeded."""

    id: str
    status: JobStatus
    model_id: str | None = None
    verdict: Verdict | None = None
    metrics: Comparison | None = None
    problem: Problem | None = None
    trained: Done | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in TERMINAL


@dataclass(frozen=True)
class Known(Generic[Request]):
    """All that a plan is drawn from, at one moment.

    `classifier` and `datasets`: as they were uploaded. `planned`: the names of all steps there are. `done`: those that
    have succeeded, in the order of the plan. `slice_size`: samples in a slice of the data. `stopped`: why the job goes
    on without its unfinished steps.
    """

    job_id: str
    kind: JobKind
    created_at: datetime
    now: datetime
    request: Request
    classifier: ModelSubject | None
    datasets: Mapping[Part, DatasetSubject]
    planned: frozenset[str]
    done: Mapping[str, Done]
    slice_size: int
    stopped: StopReason | None = None
    child: Child | None = None
    #: Whether the audit that a hardening is a part of keeps examples.
    keeps_examples: bool = False
    #: Earlier audits that have ended well and that rules are relative to, by their ids.
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    #: Of the earlier audit whose examples are tried first.
    kept: Sequence[KeptExamples] = ()

    @property
    def model(self) -> ModelSubject:
        """The model that the job works on. Raises `LookupError` of a job that works on none."""
        if self.classifier is None:
            raise LookupError(f"{self.job_id} works on no model")
        return self.classifier

    def of(self, phase: str) -> list[Done]:
        """What was done in a phase."""
        return [done for done in self.done.values() if done.phase == phase]


@dataclass(frozen=True)
class Ending:
    """How a job ends well: what becomes of its row, and what it leaves."""

    verdict: Verdict | None = None
    metrics: Comparison | None = None
    #: A hardening's model, to be kept as one that can be audited; `parent_id` names the one that it was made of.
    hardened: ModelSubject | None = None
    parent_id: str = ""
    #: The checkpoint's file name.
    filename: str = ""
    #: What an inspection found, for the row of the model or data set.
    inspected: ShardResult | None = None


@dataclass(frozen=True)
class Ahead:
    """A phase that no step is planned of yet, for the estimate of the time left: its stage, the sum of the weights of
    its steps, and how many there will be."""

    phase: str
    stage: Stage
    weight: float = 1.0
    steps: int = 1


@dataclass(frozen=True)
class Extension:
    """How a plan goes on: by more `steps`, by a job of its own (`awaits_child`), or not: by its `ending`.

    `ahead`: the job's phases, also those without steps yet. `files` are listed as its artifacts now. `drops_child`: its
    hardening is not begun any more, or stopped.
    """

    steps: Sequence[Step] = ()
    ahead: Sequence[Ahead] = ()
    files: Sequence[OutputFile] = ()
    awaits_child: bool = False
    drops_child: bool = False
    ending: Ending | None = None
