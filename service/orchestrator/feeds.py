"""What watchers of a job are told: read and written down once, for all who are at the same place of the same log."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from openapi.status import TERMINAL
from service.db.database import Database
from service.db.tables import EventRow, Job
from service.jobs.events import frame
from service.orchestrator.hub import Hub

#: Nothing new is true for so long, unless this process itself hears of something: another may have written.
_FRESH_SECONDS = 0.9


@dataclass(frozen=True)
class News:
    """Frames after a place, the place after them, and whether nothing will follow."""

    frames: bytes
    seq: int
    ended: bool


@dataclass
class _Reading:
    task: asyncio.Task[News]
    begun: float
    rounds: int


class Feeds:
    """A thousand watchers of one job cost one reading of the database."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db, self._hub = db, hub
        self._readings: dict[tuple[str, int], _Reading] = {}

    async def news(self, identity: str, seq: int) -> News:
        """What the log of the job holds after `seq`."""
        loop, key = asyncio.get_running_loop(), (identity, seq)
        known = self._readings.get(key)
        if known is None or known.rounds != self._hub.rounds or loop.time() - known.begun > _FRESH_SECONDS:
            task = loop.create_task(self._db.fetch(_reader(identity, seq)))
            known = self._readings[key] = _Reading(task, loop.time(), self._hub.rounds)
            loop.call_later(2 * _FRESH_SECONDS, self._forget, key, known)
        return await asyncio.shield(known.task)

    def _forget(self, key: tuple[str, int], reading: _Reading) -> None:
        if self._readings.get(key) is reading:
            del self._readings[key]


def _reader(identity: str, seq: int) -> Callable[[Session], News]:
    def read(session: Session) -> News:
        job = session.get(Job, identity)
        later = select(EventRow).where(EventRow.job_id == identity, EventRow.seq > seq).order_by(EventRow.seq)
        rows = list(session.scalars(later))
        last = rows[-1].seq if rows else seq
        ended = job is None or (job.status in TERMINAL and last >= job.last_seq)
        return News(b"".join(frame(row) for row in rows), last, ended)

    return read
