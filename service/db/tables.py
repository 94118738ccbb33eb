"""The tables. JSON columns hold dumps of the contract's pydantic models; columns exist for what is searched or locked.

`jobs` are audits, hardenings and inspections alike: each has a plan, whose steps are the rows of `shards`.
The id of an inspection job is the id of the model or data set that it inspects. Every row that comes of a request has a
tenant (`Tenanted`): whose it is, and who alone may see it (see `service.tenants.caller`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from openapi.audits import Verdict
from openapi.base import utc_now
from openapi.keys import Scope
from openapi.stages.base import Stage
from openapi.status import JobKind, JobStatus, UploadStatus
from openapi.wire.traces import traceparent
from service.db.bases import Base, Json, Named, Tenanted
from service.orchestrator.step_states import Progress, StepStatus


class Tenant(Base):
    """Those who share what they upload and start, and whom nobody else sees. Quotas that are None are the settings'."""

    __tablename__ = "tenants"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    max_bytes: Mapped[int | None] = mapped_column(BigInteger)
    max_queued: Mapped[int | None] = mapped_column()
    max_running: Mapped[int | None] = mapped_column()
    requests_per_minute: Mapped[int | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Upload(Tenanted):
    """What uploaded models and data sets share. `fingerprint` is the sha256 of the bytes and the metadata."""

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    filename: Mapped[str] = mapped_column(String(255))
    status: Mapped[UploadStatus] = mapped_column(Named(UploadStatus, 16))
    problem: Mapped[Json | None] = mapped_column()
    meta: Mapped[Json] = mapped_column()
    inspection: Mapped[Json | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Model(Upload, Base):
    """An uploaded or hardened classifier."""

    __tablename__ = "models"
    __table_args__ = (UniqueConstraint("tenant_id", "fingerprint"),)

    parent_id: Mapped[str | None] = mapped_column(String(40))
    hardening_id: Mapped[str | None] = mapped_column(String(40))


class Dataset(Upload, Base):
    """An uploaded data set. `files` holds the decoded arrays: ``{"x": OutputFile, "y": OutputFile, ...}``."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("tenant_id", "fingerprint"),)

    files: Mapped[Json | None] = mapped_column()


class Job(Tenanted, Base):
    """An audit, a hardening or an inspection: the truth about work that workers do."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[JobKind] = mapped_column(Named(JobKind, 20))
    status: Mapped[JobStatus] = mapped_column(Named(JobStatus, 16), index=True)
    #: Of steps of one tenant those of the job with the highest go first.
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    phase: Mapped[str | None] = mapped_column(String(60))
    planned: Mapped[bool] = mapped_column(default=False, server_default=false())
    verdict: Mapped[Verdict | None] = mapped_column(String(20))
    problem: Mapped[Json | None] = mapped_column()
    model_id: Mapped[str | None] = mapped_column(String(40), index=True)
    dataset_id: Mapped[str | None] = mapped_column(String(40), index=True)
    train_dataset_id: Mapped[str | None] = mapped_column(String(40), index=True)
    parent_job_id: Mapped[str | None] = mapped_column(String(40), index=True)
    child_job_id: Mapped[str | None] = mapped_column(String(40))
    hardened_model_id: Mapped[str | None] = mapped_column(String(40))
    request: Mapped[Json] = mapped_column()
    metrics: Mapped[Json | None] = mapped_column()
    waiting_for: Mapped[Json | None] = mapped_column()
    progress: Mapped[Progress | None] = mapped_column(JSON(none_as_null=True))
    seconds_left: Mapped[float | None] = mapped_column()
    #: Phases without steps yet: ``[phase, stage, weight, steps]`` (see `service.orchestrator.plan.Ahead`).
    ahead: Mapped[list[list[Any]]] = mapped_column(JSON(none_as_null=True), default=list, server_default="[]")
    last_seq: Mapped[int] = mapped_column(default=0)
    progress_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column()
    finished_at: Mapped[datetime | None] = mapped_column()
    #: Where in a trace the request was that asked for it (W3C `traceparent`); its steps go on from there.
    traceparent: Mapped[str | None] = mapped_column(String(55), default=traceparent)

    __table_args__ = (
        Index("ix_jobs_kind_id", "kind", "id"),
        Index("ix_jobs_tenant_id_kind_id", "tenant_id", "kind", "id"),
    )


class ShardRow(Tenanted, Base):
    """One step of a plan, and the shard that does it (see `service.orchestrator.plan.Step`).

    `after` names the steps that go first, `needs` what it takes of them; `message` is complete once it is released.
    `lease_at` is the last sign of life of its worker; `losses` counts leases that ran out, `deferrals` the times that
    it was put off for want of room, since `deferred_at` and, for now, not to be handed out before `not_before`.
    `seconds` is how long the work took.
    """

    __tablename__ = "shards"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    phase: Mapped[str] = mapped_column(String(60))
    stage: Mapped[Stage] = mapped_column(Named(Stage, 20))
    name: Mapped[str] = mapped_column(String(80))
    status: Mapped[StepStatus] = mapped_column(Named(StepStatus, 16), index=True)
    result_key: Mapped[str] = mapped_column(String(64), index=True)
    message: Mapped[Json] = mapped_column()
    after: Mapped[list[str]] = mapped_column(JSON(none_as_null=True), default=list)
    needs: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    extends: Mapped[bool] = mapped_column(default=False, server_default=false())
    attempt: Mapped[int] = mapped_column(default=1)
    losses: Mapped[int] = mapped_column(default=0)
    deferrals: Mapped[int] = mapped_column(default=0)
    deferred_at: Mapped[datetime | None] = mapped_column()
    not_before: Mapped[datetime | None] = mapped_column()
    weight: Mapped[float] = mapped_column(default=1.0)
    unit: Mapped[str | None] = mapped_column(String(20))
    worker: Mapped[str | None] = mapped_column(String(200))
    lease_at: Mapped[datetime | None] = mapped_column()
    enqueued_at: Mapped[datetime | None] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column()
    seconds: Mapped[float | None] = mapped_column()
    progress: Mapped[Progress | None] = mapped_column(JSON(none_as_null=True))
    result: Mapped[Json | None] = mapped_column()

    __table_args__ = (
        UniqueConstraint("job_id", "name"),
        Index("ix_shards_stage_id", "stage", "id"),
        Index("ix_shards_status_tenant_id", "status", "tenant_id"),
    )


class EventRow(Tenanted, Base):
    """One entry of a job's event log; `seq` counts from 1 inside the job."""

    __tablename__ = "events"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column()
    type: Mapped[str] = mapped_column(String(30))
    data: Mapped[Json] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (UniqueConstraint("job_id", "seq"),)


class Artifact(Tenanted, Base):
    """A file that a job left, listed to callers."""

    __tablename__ = "artifacts"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    format: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ApiKey(Tenanted, Base):
    """An API key, by its sha256 alone. Keys of one tenant see the same."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scope: Mapped[Scope] = mapped_column(Named(Scope, 10), default=Scope.SUBMIT, server_default=Scope.SUBMIT.value)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime | None] = mapped_column()
    last_used_at: Mapped[datetime | None] = mapped_column()
    revoked_at: Mapped[datetime | None] = mapped_column()
    replaced_by: Mapped[str | None] = mapped_column(String(40))


class PolicyRow(Tenanted, Base):
    """Rules under a name (`openapi.policies`); `applies_to` says which models they are bound to."""

    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(1000))
    rules: Mapped[list[Json]] = mapped_column(JSON(none_as_null=True))
    intervals: Mapped[bool] = mapped_column()
    applies_to: Mapped[Json] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class PageSession(Tenanted, Base):
    """Somebody who has signed in to the page with a key, by the sha256 of the token in their cookie."""

    __tablename__ = "page_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
