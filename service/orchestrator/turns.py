"""Whose step goes out next: tenants take turns, and inside a tenant higher priorities go first.

An hour of waiting counts as a point of priority, so that what is less urgent is late and never forgotten: of two jobs
of priorities p > q the one with q goes first when it is more than p - q hours older.

Steps lie in the database until workers have room for them: what is in the broker's queues is past all choice. A
training may take hours and is not interrupted, so it goes out only where a worker is left for each earlier job of its
tenant: else these would stand still behind it with their next steps.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, and_, distinct, extract, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from openapi.stages.base import Stage
from openapi.wire.delivery import SHORT_STAGES, Lane
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from service.db.clock import database_now
from service.db.tables import Job, ShardRow, Tenant
from service.orchestrator.step_rows import is_due
from service.orchestrator.step_states import StepStatus
from service.tenants.quotas import quotas_of

#: Living workers are counted so often.
_COUNT_SECONDS = 5.0
#: Of waiting, that weigh as much as a point of priority.
_SECONDS_A_POINT = 3600
#: Shards that each lane holds while no worker lives.
_AHEAD_OF_NOBODY = 8


class LaneCapacity:
    """How much the lanes are to hold: so little that nobody waits long for a turn, and no worker for work."""

    def __init__(self, queue: QueueClient) -> None:
        self._queue = queue
        self._workers, self._count_at = 0, 0.0

    @property
    def workers(self) -> int:
        """How many workers lived when they were counted last."""
        return self._workers

    async def left(self) -> dict[Lane, int]:
        """How many more shards each lane takes, of those of which half is taken: so that they are many at once.

        Raises `RedisError` while the broker is away.
        """
        if time.monotonic() >= self._count_at:
            self._workers, self._count_at = len(await self._queue.workers()), time.monotonic() + _COUNT_SECONDS
        ahead = 2 * self._workers if self._workers else _AHEAD_OF_NOBODY
        backlog = await self._queue.backlog()
        return {lane: ahead - waiting for lane, waiting in backlog.items() if waiting <= ahead // 2}


W = TypeVar("W")


def choose(
    waiting: Mapping[str, Sequence[W]], in_hand: Mapping[str, int], most: Mapping[str, int | None], free: int
) -> list[W]:
    """Up to `free` steps, each time of the tenant that has the fewest in the workers' hands (max-min fairness).

    `waiting`: each tenant's steps in the order in which they go, and the tenants in the order of their last turns: of
    those with equally many in hand the one goes first whose turn is longest ago. `in_hand`: how many each has already;
    `most`: how many each may have, None is any.
    """
    had, left = Counter(in_hand), {tenant: list(steps) for tenant, steps in waiting.items()}
    chosen: list[W] = []
    while len(chosen) < free:
        able = [
            tenant
            for tenant, steps in left.items()
            if steps and ((limit := most.get(tenant)) is None or had[tenant] < limit)
        ]
        if not able:
            break
        turn = min(able, key=lambda tenant: had[tenant])
        steps = left.pop(turn)
        chosen.append(steps.pop(0))
        left[turn] = steps  # behind all others
        had[turn] += 1
    return chosen


def turn_of(job: type[Job]) -> ColumnElement[int]:
    """What jobs of a tenant are ordered by: the second of their creation, put forward an hour a point of priority."""
    return extract("epoch", job.created_at) - _SECONDS_A_POINT * job.priority


def goes_before(one: type[Job], other: type[Job]) -> ColumnElement[bool]:
    """The condition that the steps of one job go out before those of another of its tenant."""
    return or_(turn_of(one) < turn_of(other), and_(turn_of(one) == turn_of(other), one.id < other.id))


def _waits(now: datetime) -> ColumnElement[bool]:
    return and_(ShardRow.status == StepStatus.QUEUED, ShardRow.enqueued_at.is_(None), is_due(now))


async def next_steps(
    session: AsyncSession, settings: Settings, left: Mapping[Lane, int], workers: int
) -> list[ShardRow]:
    """The steps that go out now, with so many places left in each lane and so many workers."""
    now = await database_now(session)
    oldest = select(ShardRow.tenant_id, func.min(ShardRow.id)).where(_waits(now)).group_by(ShardRow.tenant_id)
    first = {row[0]: row[1] for row in (await session.execute(oldest)).all()}
    if not first:
        return []
    held = or_(
        ShardRow.status == StepStatus.RUNNING,
        and_(ShardRow.status == StepStatus.QUEUED, ShardRow.enqueued_at.is_not(None)),
    )
    columns = select(ShardRow.tenant_id, func.count(), func.max(ShardRow.enqueued_at))
    counted = (await session.execute(columns.where(held).group_by(ShardRow.tenant_id))).all()
    in_hand, last = Counter({row[0]: row[1] for row in counted}), {row[0]: row[2] for row in counted}
    tenants = sorted(first, key=lambda tenant: (str(last.get(tenant) or ""), first[tenant]))
    rows = {row.id: row for row in await session.scalars(select(Tenant).where(Tenant.id.in_(tenants)))}
    most = {tenant: quotas_of(rows.get(tenant), settings).max_running for tenant in tenants}
    found: list[ShardRow] = []
    for lane, places in left.items():
        if places <= 0:
            continue
        mine = and_(_belongs(lane, now, workers), _waits(now))
        waiting = {tenant: await _first(session, tenant, mine, places) for tenant in tenants}
        chosen = choose(waiting, in_hand, most, places)
        in_hand.update(row.tenant_id for row in chosen)
        found += chosen
    return found


def _belongs(lane: Lane, now: datetime, workers: int) -> ColumnElement[bool]:
    """The condition that a step takes a lane, of a training that it may."""
    if lane is Lane.SHORT:
        return ShardRow.stage.in_(SHORT_STAGES)
    may = or_(ShardRow.stage != Stage.HARDEN, _earlier_jobs(now) < max(1, workers))
    return and_(ShardRow.stage.not_in(SHORT_STAGES), may)


def _earlier_jobs(now: datetime) -> ScalarSelect[int]:
    """How many jobs of a step's tenant, by their turns before its own, have steps that run or could."""
    earlier, step = aliased(Job), aliased(ShardRow)
    at_work = or_(step.status == StepStatus.RUNNING, and_(step.status == StepStatus.QUEUED, is_due(now, step)))
    counted = select(func.count(distinct(earlier.id))).join(step, step.job_id == earlier.id)
    return (
        counted.where(earlier.tenant_id == Job.tenant_id, goes_before(earlier, Job), at_work)
        .correlate(Job)
        .scalar_subquery()
    )


async def _first(session: AsyncSession, tenant: str, mine: ColumnElement[bool], count: int) -> list[ShardRow]:
    """A tenant's first steps that wait: by the turn of their job, then by age."""
    query = select(ShardRow).join(Job).where(ShardRow.tenant_id == tenant, mine)
    return list(await session.scalars(query.order_by(turn_of(Job), Job.id, ShardRow.id).limit(count)))
