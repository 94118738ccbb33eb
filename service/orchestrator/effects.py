"""What follows a transaction outside the database."""

import logging
from dataclasses import dataclass, field

from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.stages.base import Stage
from openapi.status import JobStatus
from openapi.wire.jobs import ShardResult
from openapi.wire.queue import QueueClient
from service.db.tables import Job

_log = logging.getLogger("tremor.orchestrator")


@dataclass
class Effects:
    """Noted while a transaction goes on, carried out after its commit, forgotten when it is rolled back.

    `stopped`: ids of jobs and shards that workers are to stop. `revived`: jobs whose stop workers are to forget.
    `changed`: jobs of which those who wait are told. `unused`: sha256 of blobs that a row needs no more.
    `news`: jobs and the statuses that they have entered, for webhooks. `done`: stages and results of shards that
    workers have computed. `dispatch`: there are shards to hand out.
    """

    stopped: set[str] = field(default_factory=set)
    revived: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    unused: set[str] = field(default_factory=set)
    news: list[tuple[Job, JobStatus]] = field(default_factory=list)
    done: list[tuple[Stage, ShardResult]] = field(default_factory=list)
    dispatch: bool = False


def effects(session: AsyncSession) -> Effects:
    """The effects of the session's transaction."""
    found: Effects = session.info.setdefault("effects", Effects())
    return found


async def tell_workers(found: Effects, queue: QueueClient) -> None:
    """Tell the workers what they are to stop, and what they were told to stop and are to do after all."""
    for job_id in found.stopped:
        try:
            await queue.cancel(job_id)
        except (RedisError, OSError) as error:
            _log.warning("cannot tell the workers to stop %s: %s; trying again soon", job_id, error)
    for job_id in found.revived:
        try:
            await queue.revive(job_id)
        except (RedisError, OSError) as error:
            _log.warning(
                "cannot take back the end of %s: %s; its shards will come back and go out again", job_id, error
            )
