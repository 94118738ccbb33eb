"""What it costs to write down what workers tell: processor time and queries of a shard, by how much is read at once.

No worker and no HTTP: events of made-up shards are applied as they would be if so many had been read from the stream
together. A coordinator that has time reads them one by one; one that falls behind reads many.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from openapi.stages.base import Stage, Wire
from openapi.status import JobKind
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob, Environment, ShardResult, WorkerEvent
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from openapi.wire.streams import Delivery
from service.db.database import Database
from service.db.tables import Job, ShardRow
from service.embedded.broker import Broker
from service.orchestrator.job_kinds import JOB_KINDS, Kind
from service.orchestrator.orchestrator import Orchestrator
from service.orchestrator.plan import Ending, Extension, Known, OutputOf, Step
from tests.deploy.topology import postgres
from tests.service.conftest import empty_postgres, flush, make_settings
from tests.tools.benchmarks.service.queries import Queries

Row = tuple[str, str, str]

_IMAGES = Blob(sha256="a" * 64, size=1)
_STEPS = 256
#: Shards that are told of before the next begin: as many GPUs work on the audit.
_GPUS = 64
#: Of each shard: it started, parts of it are done, it has succeeded.
_PROGRESS = 4
_READS = (1, 16, 256)
_RESULT = ShardResult(value={}, files={}, seconds=1.0, environment=Environment(device="none"))


class _Slice(Wire):
    number: int


def _extend(known: Known[object]) -> Extension:
    """Slices of an attack, and the report of all of them."""
    if "report" in known.done:
        return Extension(ending=Ending("pass"))
    steps = [Step("attacks", f"a.{n}", Stage.ATTACK, {"x": _IMAGES}, _Slice(number=n)) for n in range(_STEPS)]
    taken = {step.name: OutputOf(step.name, "samples") for step in steps}
    return Extension(steps=[*steps, Step("report", "report", Stage.REPORT, taken, _Slice(number=0))])


def _events(shards: Sequence[str]) -> list[WorkerEvent]:
    """What workers tell of shards that they do side by side."""
    found = list[WorkerEvent]()
    for begin in range(0, len(shards), _GPUS):
        side_by_side = shards[begin : begin + _GPUS]
        said = {"job_id": "aud_1", "attempt": 1, "worker": "none", "at": 0.0}
        found += [WorkerEvent.model_validate({**said, "type": "started", "shard_id": one}) for one in side_by_side]
        for part in range(_PROGRESS):
            progress = {"type": "progress", "done": part + 0.5, "total": _PROGRESS, "unit": "passes"}
            found += [WorkerEvent.model_validate({**said, **progress, "shard_id": one}) for one in side_by_side]
        ended = {**said, "type": "succeeded", "result": _RESULT}
        found += [WorkerEvent.model_validate({**ended, "shard_id": one}) for one in side_by_side]
    return found


async def _record(settings: Settings, read: int, shards: int) -> tuple[float, Queries]:
    """Processor seconds for so many shards of an audit of 256 slices, and the queries."""
    queries, database, queue = Queries(), Database(settings.sqlalchemy_url), QueueClient(settings)
    await database.migrate()
    orchestrator = Orchestrator(settings, database, queue, BlobStore.from_settings(settings))
    job = Job(id="aud_1", tenant_id="default", kind=JobKind.AUDIT, status="queued", request={}, last_seq=0)
    async with orchestrator.transaction() as session:
        session.add(job)
        await session.flush()
        await orchestrator.plans.start(session, job)
        steps = await session.scalars(select(ShardRow.id).where(ShardRow.stage == Stage.ATTACK).order_by(ShardRow.id))
        events = [Delivery("1-1", event) for event in _events(list(steps)[:shards])]
    for engine in database.engines:
        queries.watch(engine)
    begin = time.process_time()
    for place in range(0, len(events), read):
        await orchestrator._listener._apply_all(events[place : place + read])
    spent = time.process_time() - begin
    await queue.aclose()
    await database.close()
    return spent, queries


def recording(folder: Path, shards: int) -> list[Row]:
    """Both databases, by how many events are read at once."""
    broker, rows, kind = Broker(folder / "valkey"), list[Row](), JOB_KINDS[JobKind.AUDIT]
    broker.start()
    JOB_KINDS[JobKind.AUDIT] = Kind(_extend, dict)
    try:
        with postgres() as server:
            for read in _READS:
                sqlite = make_settings(broker, folder / f"sqlite-{read}")
                there = make_settings(broker, folder / f"there-{read}", database_url=empty_postgres(server))
                for name, settings in (("SQLite", sqlite), ("PostgreSQL", there)):
                    flush(settings)
                    spent, queries = asyncio.run(_record(settings, read, shards))
                    told = f"{1000 * spent / shards:.2f} ms of a processor a shard, {shards / spent:.0f} a second"
                    asked = f"{sum(queries.count.values()) / shards:.1f} queries"
                    rows.append((f"recording on {name}, {read} events at once", f"{told}, {asked}", ""))
    finally:
        JOB_KINDS[JobKind.AUDIT] = kind
        broker.stop()
    return rows
