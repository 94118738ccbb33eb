"""The tables. JSON columns hold dumps of the contract's pydantic models; columns exist for what is searched or locked.

`jobs` are audits, hardenings and inspections alike: each has a plan, whose steps are the rows of `shards`.
The id of an inspection job is the id of the model or data set that it inspects. Every row that comes of a request has a
tenant (`Tenanted`): whose it is, and who alone may see it (see `service.tenants.caller`).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from advanced_alchemy.base import BasicAttributes
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from openapi.audits import Verdict
from openapi.base import utc_now
from openapi.keys import Scope
from openapi.stages.base import Stage
from openapi.states import JobKind, JobStatus, UploadStatus
from service.orchestrator.step_states import StepStatus

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

Json = dict[str, Any]


class Named(TypeDecorator[Any]):
    """The members of an enum by their values.

    A value that is none comes back as text: one broken row must not take with it what is read beside it.
    """

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.members = members

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Write it."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Read it."""
        try:
            return None if value is None else self.members(value)
        except ValueError:
            return value


class Base(BasicAttributes, DeclarativeBase):
    """The declarative base: constraint names, and how annotations become column types."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {Json: JSON(none_as_null=True), datetime: DateTimeUTC(timezone=True)}


class Tenanted:
    """A row that belongs to a tenant; whoever adds one says to which."""

    tenant_id: Mapped[str] = mapped_column(String(40))


class Tenant(Base):
    """Those who share what they upload and start, and whom nobody else sees. Quotas that are null are the settings'."""

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
    progress: Mapped[Json | None] = mapped_column()
    seconds_left: Mapped[float | None] = mapped_column()
    #: Phases without steps yet: ``[phase, stage, weight, steps]`` (see `service.orchestrator.plan.Ahead`).
    ahead: Mapped[list[list[Any]]] = mapped_column(JSON(none_as_null=True), default=list, server_default="[]")
    last_seq: Mapped[int] = mapped_column(default=0)
    progress_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column()
    finished_at: Mapped[datetime | None] = mapped_column()

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
    progress: Mapped[Json | None] = mapped_column()
    result: Mapped[Json | None] = mapped_column()

    __table_args__ = (UniqueConstraint("job_id", "name"), Index("ix_shards_stage_id", "stage", "id"))


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


class IdempotencyRow(Tenanted, Base):
    """The first answer to a creating request that carried an `Idempotency-Key`."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(300), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column()
    location: Mapped[str] = mapped_column(String(200))
    answer: Mapped[Json] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


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


class Webhook(Tenanted, Base):
    """An endpoint of a tenant that is told of `events` (None: of all).

    `old_secret` signs as well until `old_secret_ends_at`; `failing_since` is when it began to take no message.
    """

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(400))
    events: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    secret: Mapped[str] = mapped_column(String(100))
    old_secret: Mapped[str | None] = mapped_column(String(100))
    old_secret_ends_at: Mapped[datetime | None] = mapped_column()
    failing_since: Mapped[datetime | None] = mapped_column()
    disabled_at: Mapped[datetime | None] = mapped_column()
    disabled_reason: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (Index("ix_webhooks_tenant_id_id", "tenant_id", "id"),)


class Delivery(Tenanted, Base):
    """A message to one webhook, written in the transaction of what it tells of: the outbox, and then the log.

    `body` is what is signed, byte for byte; `attempts` the last tries as `openapi.webhooks.Attempt`, the newest last.
    """

    __tablename__ = "deliveries"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    attempt_count: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[list[Json]] = mapped_column(JSON(none_as_null=True), default=list)
    next_attempt_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    __table_args__ = (
        Index("ix_deliveries_webhook_id_id", "webhook_id", "id"),
        Index("ix_deliveries_status_next_attempt_at", "status", "next_attempt_at"),
    )


class Readiness(Base):
    """One row that readiness writes, to see that something can be written."""

    __tablename__ = "readiness"

    id: Mapped[int] = mapped_column(primary_key=True)
    written_at: Mapped[datetime | None] = mapped_column()
