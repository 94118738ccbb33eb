"""The janitor: finds what was lost between database, broker and workers, and puts it right."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from redis.exceptions import RedisError
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.status import TERMINAL, JobKind, JobStatus
from openapi.wire.logs import regarding
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from service.db.clock import database_now
from service.db.database import Database
from service.db.tables import Job, ShardRow
from service.orchestrator import job_rows
from service.orchestrator.budgets import Budgets
from service.orchestrator.job_kinds.audit import ATTACKS
from service.orchestrator.job_rows import HARDENING
from service.orchestrator.plans import Plans
from service.orchestrator.retries import lose
from service.orchestrator.shielding import shielded
from service.orchestrator.step_states import StepStatus

_log = logging.getLogger("tremor.orchestrator")

#: Queued shards that no worker takes for so long while some are idle are enqueued again: the broker has lost them.
#: Who has just taken one says so soon, and may not have been heard yet: so two looks around must miss it.
_FORGOTTEN_SECONDS = 30.0


class Work(Protocol):
    """What the janitor needs of the orchestrator."""

    plans: Plans

    def wake(self) -> None:
        """Have every shard handed out that waits for it."""

    def hears(self) -> bool:
        """Whether a worker that lives must have been heard lately."""

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A write transaction whose effects outside the database follow its commit."""


class Janitor:
    """Looks around every two seconds; several processes may have one each."""

    def __init__(self, settings: Settings, db: Database, queue: QueueClient, work: Work) -> None:
        self._settings = settings
        self._db = db
        self._queue = queue
        self._work = work
        self._budgets = Budgets()
        self._missed: set[str] = set()

    async def run(self) -> None:
        """Clean up again and again, whatever goes wrong."""
        while True:
            await asyncio.sleep(min(2.0, self._settings.lease_seconds / 4))
            try:
                await shielded(self.clean_up())
            except (RedisError, OSError, DBAPIError) as error:
                _log.warning("cannot look after lost work: %s; trying again soon", error)
            except Exception:
                _log.exception("cannot look after lost work")

    async def clean_up(self) -> None:
        """Start lost shards anew, repeat stops that may not have been heard, and dispatch what was missed."""
        self._work.wake()
        async with self._db.read() as session:
            now, lease = await database_now(session), timedelta(seconds=self._settings.lease_seconds)
            running = select(ShardRow.id, ShardRow.job_id).where(ShardRow.status == StepStatus.RUNNING)
            lost = (await session.execute(running.where(ShardRow.lease_at < now - lease))).all()
            ahead = (await session.execute(running.where(ShardRow.lease_at > now + lease).limit(1))).first()
            cancelling = list(await session.scalars(select(Job.id).where(Job.status == JobStatus.CANCELLING)))
        for shard_id, job_id in lost:
            with regarding(job=job_id, shard=shard_id):
                async with self._work.transaction() as session:
                    await self._lost(session, job_id, shard_id)
        if ahead is not None:
            await self._renew(now, lease)
        for job_id in cancelling:
            await self._queue.cancel(job_id)
        await self._end_late_audits()
        await self._remind()

    async def _renew(self, now: datetime, lease: timedelta) -> None:
        """The clock went back: leases of before would last until it has caught up, whatever became of the workers."""
        ahead = update(ShardRow).where(ShardRow.status == StepStatus.RUNNING, ShardRow.lease_at > now + lease)
        async with self._db.write() as session:
            await session.execute(ahead.values(lease_at=now))

    async def _end_late_audits(self) -> None:
        """End the audits whose time budget is used up."""
        query = select(Job.id, Job.request, Job.started_at, Job.status, Job.phase).where(
            Job.kind == JobKind.AUDIT, Job.status.not_in(TERMINAL), Job.started_at.is_not(None)
        )
        async with self._db.read() as session:
            now = await database_now(session)
            found = (await session.execute(query)).all()
        limited = {row.id: row for row in found if row.request.get("time_budget") is not None}
        used = self._budgets.used({job_id: row.started_at for job_id, row in limited.items()}, now)
        for job_id, row in limited.items():
            may_end = row.status == JobStatus.RUNNING and row.phase in (ATTACKS, HARDENING)
            if may_end and used[job_id] >= row.request["time_budget"]:
                async with self._work.transaction() as session:
                    job = await job_rows.lock_job(session, job_id)
                    if job is not None:
                        await self._work.plans.time_is_over(session, job)

    async def _lost(self, session: AsyncSession, job_id: str, shard_id: str) -> None:
        job = await job_rows.lock_job(session, job_id)
        row = await session.get(ShardRow, shard_id)
        stale = await database_now(session) - timedelta(seconds=self._settings.lease_seconds)
        if (
            job is None
            or row is None
            or row.status != StepStatus.RUNNING
            or row.lease_at is None
            or row.lease_at >= stale
        ):
            return
        if not self._work.hears():
            return  # it may live: we were not listening
        await lose(self._work.plans, session, job, row, self._settings.max_attempts)

    async def _remind(self) -> None:
        """Enqueue again what was queued long ago, lies in no queue, and is in no worker's hands while some are idle."""
        missed = await self._not_at_hand()
        forgotten, self._missed = missed & self._missed, missed
        if not forgotten:
            return
        async with self._db.write() as session:
            await session.execute(
                update(ShardRow)
                .where(ShardRow.id.in_(forgotten), ShardRow.status == StepStatus.QUEUED)
                .values(enqueued_at=None, attempt=ShardRow.attempt + 1)
            )
        self._work.wake()

    async def _not_at_hand(self) -> set[str]:
        """Shards that were queued long ago and that neither a queue nor a worker has now, while some are idle."""
        async with self._db.read() as session:
            old = await database_now(session) - timedelta(seconds=_FORGOTTEN_SECONDS)
            queued = select(ShardRow.id).where(ShardRow.status == StepStatus.QUEUED, ShardRow.enqueued_at < old)
            found = set(await session.scalars(queued.order_by(ShardRow.id).limit(1000)))
        if not found or any((await self._queue.backlog()).values()):
            return set()
        held = {worker.shard_id for worker in await self._queue.workers()}
        return found - held if None in held else set()
