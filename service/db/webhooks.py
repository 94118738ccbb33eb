"""Tables of webhooks: who is told, and what."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from openapi.base import utc_now
from service.db.bases import Base, Json, Tenanted


class Webhook(Tenanted, Base):
    """An endpoint of a tenant that is told of `events` (None: of all).

    Secrets are as `service.vault` encrypts them; `old_secret` signs as well until `old_secret_ends_at`. `failing_since`
    is when it began to take no message.
    """

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    description: Mapped[str] = mapped_column(String(400))
    events: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    secret: Mapped[str] = mapped_column(String(400))
    old_secret: Mapped[str | None] = mapped_column(String(400))
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
