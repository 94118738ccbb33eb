"""Tables of uploads that come in parts."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from openapi.base import utc_now
from service.db.bases import Base, Tenanted


class ResumableUpload(Tenanted, Base):
    """A file on its way. `sha256` is what was said of the whole, `meta` the header `Upload-Metadata` as it came.

    One that goes directly to the store has the id of a multipart upload there; its `received` is 0 until all has come.
    """

    __tablename__ = "resumable_uploads"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    filename: Mapped[str] = mapped_column(String(255))
    length: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    meta: Mapped[str] = mapped_column(String(4000), default="")
    multipart: Mapped[str | None] = mapped_column(String(1024))
    part_size: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ReceivedPart(Tenanted, Base):
    """The bytes of an upload from `start` on, kept as a blob."""

    __tablename__ = "upload_parts"

    upload_id: Mapped[str] = mapped_column(ForeignKey("resumable_uploads.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
