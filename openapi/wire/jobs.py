"""Messages: a shard of work (service → worker) and what became of it (worker → service).

A shard's result is a pure function of its `inputs` and `params`. `result_key` names it by content, so that a redelivered or
repeated shard finds its result in the blob store and does nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from pydantic import BeforeValidator, Field, PlainSerializer

from openapi.artifacts import ArtifactInfo
from openapi.base import Frozen, Json, JsonObject
from openapi.problems import Problem
from openapi.stages.base import Stage, as_it_came, is_none

#: Of each stage; raised when a change of the code changes its results: old ones are then not reused. A work of an
#: analysis has a version of its own besides (`openapi.stages.analysis.Work`).
RESULT_VERSION: dict[Stage, int] = dict.fromkeys(Stage, 2) | {
    Stage.INSPECT_MODEL: 10,
    Stage.INSPECT_DATASET: 6,
    Stage.PREPARE: 3,
    Stage.ATTACK: 10,
    Stage.NEURONS: 9,
    Stage.ANALYSIS: 8,
    Stage.HARDEN: 10,
    Stage.TRANSFER: 6,
    Stage.REPORT: 6,
}

#: The one Celery task; the service enqueues it by name.
TASK_NAME = "tremor.run_shard"


class Blob(Frozen):
    """Content in the blob store."""

    sha256: str
    size: int


class Limits(Frozen):
    """What the confined child may use."""

    wall_seconds: float = 3600.0
    cpu_seconds: float | None = None
    memory_bytes: int = 8 * 2**30
    output_bytes: int = 4 * 2**30


class Pace(Frozen):
    """What may change how fast a shard is done and never what it finds: samples a pass; None: as many as have room."""

    batch_size: int | None = None


class Environment(Frozen):
    """What a shard ran on, and how it was confined; `sandbox_missing`: layer → why it was not in force.

    Older results have less of it, and are written again as they came.
    """

    device: str | None = None
    device_name: str | None = None
    threads: int | None = None
    versions: dict[str, str] = {}
    sandbox: Literal["full", "partial", "limits"] | None = None
    sandbox_layers: tuple[str, ...] = ()
    sandbox_missing: dict[str, str] = {}


class GpuMemory(Frozen):
    """Bytes of a GPU: `used` by all its processes, its `total`, and the most that the job's process had at a time."""

    used: int
    total: int
    peak: int = 0


class Shard(Frozen):
    """One unit of work, run in one confined child process.

    `inputs`: name → blob, e.g. ``model`` (the uploaded file), ``x``, ``y`` (decoded arrays), or for the report stage one
    ``shard.<i>`` a merged result. `params`: the JSON of the stage's parameters; `openapi.stages.forms` has their models, by
    which either end reads them: until the shard is released it lacks what other steps find, and either side may be newer
    than the other. `execution` is no part of the key. `owner`: the tenant, empty
    for the default one. Results are found again by the same tenant only, so that nobody learns from a quick answer what
    others have uploaded. `checkpoint`: what an earlier
    attempt at this shard left, from which this one may go on. The result is what it would be without, so that it is no
    part of the key either; where the blob is gone, the work begins anew.
    """

    job_id: str
    shard_id: str
    owner: str = ""
    stage: Stage
    attempt: int = 1
    inputs: dict[str, Blob]
    params: Json
    execution: Pace = Pace()
    limits: Limits = Limits()
    checkpoint: Blob | None = Field(None, exclude_if=is_none)

    @property
    def result_key(self) -> str:
        """Content address of the result: equal inputs and params give an equal key, whatever the job."""
        body: JsonObject = {
            "version": RESULT_VERSION[self.stage],
            "stage": self.stage,
            "inputs": {k: v.sha256 for k, v in self.inputs.items()},
            "params": self.params,
        }
        if self.owner:
            body["owner"] = self.owner
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def artifact_id(job_id: str, name: str) -> str:
    """The id of a job's file: fixed by job and file name, so that a report can link to files before they are listed."""
    return "art_" + hashlib.sha256(f"{job_id}/{name}".encode()).hexdigest()[:26]


class _Named(Protocol):
    """A file that a job left, by whatever holds it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def format(self) -> str: ...


def artifact_info(job_id: str, file: _Named, sha256: str, size: int, created_at: datetime) -> ArtifactInfo:
    """A file of a job as the API answers it and as reports list it."""
    identity = artifact_id(job_id, file.name)
    return ArtifactInfo(
        id=identity,
        kind=file.kind,
        format=file.format,
        name=file.name,
        size=size,
        sha256=sha256,
        href=f"/v1/artifacts/{identity}",
        created_at=created_at,
    )


class OutputFile(Frozen):
    """A file that the shard left, already in the blob store."""

    name: str
    kind: str
    format: str
    blob: Blob


class ShardResult(Frozen):
    """What a shard computed: a small `value`, the JSON of its stage's model (`openapi.stages.forms`), and files."""

    value: Json
    files: dict[str, OutputFile] = {}
    seconds: float = 0.0
    environment: Annotated[Environment, PlainSerializer(as_it_came)] = Environment()


def _whole(value: Any) -> Any:
    """A problem read by itself: `NEWER` would leave out the fields that are not every problem's."""
    return Problem.model_validate(value) if isinstance(value, Mapping) else value


class WorkerEvent(Frozen):
    """One message on the reports stream.

    `returned`: the worker was asked to leave and gives the shard back. `deferred`: it cannot be done for now, and
    `problem` says why: there is no room, or a store does not answer. `checkpoint`, with any of the first two and
    `returned`: from where the next attempt may go on, already in the blob store; it replaces an earlier one.
    `told`, with `progress`: what the stage says of itself, in a form of its own. `files`, with `cancelled`: what it had
    to show for itself when it was stopped. `found`, with `succeeded`: the result was there already.
    """

    type: Literal["started", "progress", "succeeded", "failed", "cancelled", "returned", "deferred"]
    job_id: str
    shard_id: str
    attempt: int
    worker: str
    phase: str | None = None
    done: float | None = None
    total: float | None = None
    unit: str | None = None
    result: ShardResult | None = None
    problem: Annotated[Problem | None, BeforeValidator(_whole)] = None
    checkpoint: Blob | None = None
    told: Json | None = Field(None, exclude_if=is_none)
    files: dict[str, OutputFile] = Field({}, exclude_if=lambda files: not files)
    found: bool = Field(False, exclude_if=lambda found: not found)
    at: float
