"""The tables of registries whose versions are audited, and of these versions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from openapi.base import utc_now
from openapi.integrations import IntegrationKind, VersionStatus
from service.db.bases import Base, Json, Tenanted


class Integration(Tenanted, Base):
    """A registry of models whose versions are audited (see `service.integrations`).

    `asked` is the request that made it, without its secrets; these are JSON as `service.vault` encrypts it.
    `address` is where people reach this service. Who moves `next_poll_at` ahead looks at what is registered; null:
    nobody does.
    """

    __tablename__ = "integrations"
    __table_args__ = (Index("ix_integrations_tenant_id_id", "tenant_id", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[IntegrationKind] = mapped_column(String(16))
    asked: Mapped[Json] = mapped_column()
    secrets: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str] = mapped_column(String(2000))
    problem: Mapped[Json | None] = mapped_column()
    paused_at: Mapped[datetime | None] = mapped_column()
    next_poll_at: Mapped[datetime | None] = mapped_column()
    last_poll_at: Mapped[datetime | None] = mapped_column()
    last_event_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class RegistryVersion(Tenanted, Base):
    """A version of a model in the registry of an integration.

    There is one for each time that it is to be audited; `again` tells those times apart. It is the outbox of what is
    written back as well: while `next_attempt_at` is not null, something is to be done, by whoever moves it ahead.
    """

    __tablename__ = "registry_versions"
    __table_args__ = (
        UniqueConstraint("integration_id", "model", "version", "again"),
        Index("ix_registry_versions_next_attempt_at", "next_attempt_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    integration_id: Mapped[str] = mapped_column(ForeignKey("integrations.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(300))
    version: Mapped[str] = mapped_column(String(100))
    again: Mapped[str] = mapped_column(String(200))
    told: Mapped[Json] = mapped_column()
    status: Mapped[VersionStatus] = mapped_column(String(16))
    problem: Mapped[Json | None] = mapped_column()
    model_id: Mapped[str | None] = mapped_column(String(40))
    audit_id: Mapped[str | None] = mapped_column(String(40), index=True)
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
