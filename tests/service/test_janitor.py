"""What the janitor calls forgotten, look by look: no loop of its own runs here."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from openapi.base import utc_now
from openapi.status import JobKind
from openapi.wire.blobs import BlobStore
from openapi.wire.queue import QueueClient, WorkerInfo
from openapi.wire.settings import Settings
from service.db.database import Database
from service.db.tables import Job, ShardRow
from service.orchestrator.janitor import Janitor
from service.orchestrator.orchestrator import Orchestrator
from service.orchestrator.step_states import StepStatus

#: Between signs of life: on a slow machine too no worker of these tests counts as gone.
_HEARTBEAT_SECONDS = 100.0


def shard(name: str) -> ShardRow:
    """A shard that was enqueued an hour ago, and that lies in no queue."""
    return ShardRow(
        id=f"shd_{name}", tenant_id="default", job_id="job_1", phase="attacks", stage="attack", name=name,
        status=StepStatus.QUEUED, result_key=name, message={}, enqueued_at=utc_now() - timedelta(hours=1),
    )  # fmt: skip


@pytest.fixture
async def orchestrator(settings: Settings) -> AsyncIterator[Orchestrator]:
    """One whose loops do not run, with two shards that somebody took out of the queue."""
    settings = settings.model_copy(update={"heartbeat_seconds": _HEARTBEAT_SECONDS})
    database, queue = Database(settings.sqlalchemy_url), QueueClient(settings)
    await database.migrate()
    async with database.write() as session:
        session.add(Job(id="job_1", tenant_id="default", kind=JobKind.AUDIT, status="queued", request={}, last_seq=0))
        await session.flush()
        session.add_all([shard("a"), shard("b")])
    yield Orchestrator(settings, database, queue, BlobStore.from_settings(settings))
    await queue.aclose()
    queue.close()
    await database.close()


@pytest.fixture
def janitor(orchestrator: Orchestrator, settings: Settings) -> Janitor:
    return Janitor(settings, orchestrator.db, orchestrator.queue, orchestrator)


def says(orchestrator: Orchestrator, worker: str, shard_id: str | None = None) -> None:
    """A worker lives, and has this shard or none."""
    info = WorkerInfo(id=worker, device="cpu", sandbox="full", at=0.0, shard_id=shard_id)
    orchestrator.queue.heartbeat(info)


async def attempts(orchestrator: Orchestrator) -> list[int]:
    async with orchestrator.db.read() as session:
        found = [await session.get(ShardRow, identity) for identity in ("shd_a", "shd_b")]
    return [row.attempt for row in found if row is not None]


async def test_what_was_just_taken_is_not_forgotten(orchestrator: Orchestrator, janitor: Janitor) -> None:
    """Between a worker's hand in the queue and its first word a look may fall."""
    says(orchestrator, "idle")
    await janitor.clean_up()
    assert await attempts(orchestrator) == [1, 1]
    says(orchestrator, "busy", "shd_a")
    await janitor.clean_up()
    assert await attempts(orchestrator) == [1, 2], "the other was missed twice"
    await janitor.clean_up()
    assert await attempts(orchestrator) == [1, 2], "it is enqueued anew, and waits"


async def test_what_was_heard_of_in_between_must_be_missed_anew(orchestrator: Orchestrator, janitor: Janitor) -> None:
    says(orchestrator, "idle")
    for told in ("running", "queued"):
        await janitor.clean_up()
        async with orchestrator.db.write() as session:
            await session.execute(update(ShardRow).values(status=StepStatus(told)))
        if told == "running":
            await janitor.clean_up()
    await janitor.clean_up()
    assert await attempts(orchestrator) == [1, 1]
    await janitor.clean_up()
    assert await attempts(orchestrator) == [2, 2]


async def test_nobody_is_reminded_while_all_have_work(orchestrator: Orchestrator, janitor: Janitor) -> None:
    says(orchestrator, "busy", "shd_of_another_job")
    for _ in range(3):
        await janitor.clean_up()
    assert await attempts(orchestrator) == [1, 1]
