"""Tables of the service's own affairs: answers that are given again, and whether anything can be written."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from openapi.base import utc_now
from service.db.bases import Base, Json, Tenanted


class IdempotencyRow(Tenanted, Base):
    """The first answer to a creating request that carried an `Idempotency-Key`."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(300), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column()
    location: Mapped[str] = mapped_column(String(200))
    answer: Mapped[Json] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)


class Readiness(Base):
    """One row that readiness writes, to see that something can be written."""

    __tablename__ = "readiness"

    id: Mapped[int] = mapped_column(primary_key=True)
    written_at: Mapped[datetime | None] = mapped_column()
