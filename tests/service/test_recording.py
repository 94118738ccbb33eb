"""Events that are read together: what they leave is what they leave one by one, and they cost less."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.stages.base import Stage
from openapi.status import JobKind
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Environment, ShardResult, WorkerEvent
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from service.db.database import Database
from service.db.tables import EventRow, Job, ShardRow
from service.orchestrator import progress
from service.orchestrator.job_kinds import JOB_KINDS, Kind
from service.orchestrator.orchestrator import Orchestrator
from service.orchestrator.plan import Ending, Extension, Known, OutputOf, Step
from service.orchestrator.progress import StepState
from service.orchestrator.step_states import StepStatus
from tests.service.conftest import empty_postgres
from tests.service.test_plan_steps import MadeUp, X
from tests.tools.benchmarks.service.queries import Queries

RESULT = ShardResult(value={}, files={}, seconds=1.0, environment=Environment(device="cpu"))
N = 12


def extend(known: Known[Any]) -> Extension:
    """Twelve slices, of which the fourth lets the plan grow, and two reports."""
    more = [Step("second", "more", Stage.ATTACK, {"x": X}, MadeUp(layer=1))] if "a.3" in known.done else []
    if {"report", "more"} <= known.done.keys():
        return Extension(ending=Ending("pass"))
    steps = [
        Step("first", f"a.{n}", Stage.ATTACK, {"x": X}, MadeUp(slice=n), unit="images", extends=n == 3, weight=2.0)
        for n in range(N)
    ]
    taken = {step.name: OutputOf(step.name, "samples") for step in steps}
    after = Step("report", "report", Stage.REPORT, {"x": X}, MadeUp(), after=tuple(taken))
    return Extension(steps=[*steps, after, *more])


@pytest.fixture(params=["sqlite", "postgresql"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> list[Settings]:
    """Settings of two empty databases; nobody listens at the broker's address, and nobody needs to."""
    found = []
    for number in range(2):
        there: dict[str, Any] = {}
        if request.param == "postgresql":
            there = {"database_url": empty_postgres(request.getfixturevalue("postgres"))}
        folder = tmp_path / str(number)
        found.append(Settings(data_dir=folder, redis_url="redis://127.0.0.1:9/0", **there))
    return found


class Recorder:
    """An orchestrator without its loops, and one job of twelve slices."""

    def __init__(self, settings: Settings) -> None:
        self.database, self.queries = Database(settings.sqlalchemy_url), Queries()
        self._queue = QueueClient(settings)
        self.orchestrator = Orchestrator(settings, self.database, self._queue, BlobStore.from_settings(settings))

    async def begin(self) -> None:
        await self.database.migrate()
        job = Job(id="job_1", tenant_id="default", kind=JobKind.AUDIT, status="queued", request={}, last_seq=0)
        async with self.orchestrator.transaction() as session:
            session.add(job)
            await session.flush()
            await self.orchestrator.plans.start(session, job)
        for engine in self.database.engines:
            self.queries.watch(engine)

    async def ids(self) -> dict[str, str]:
        async with self.database.read() as session:
            return {row.name: row.id for row in await session.execute(select(ShardRow.name, ShardRow.id))}

    async def tell(self, told: Sequence[tuple[str, str]], at_once: bool) -> None:
        ids = await self.ids()
        events = [event(ids[name], kind) for name, kind in told]
        for some in [events] if at_once else [[one] for one in events]:
            await self.orchestrator.apply(some)

    async def left(self) -> tuple[Any, ...]:
        """All that counts of what is in the database. (Progress is read at the end of what was read together.)"""
        async with self.database.read() as session:
            job = await session.get_one(Job, "job_1")
            columns = (ShardRow.name, ShardRow.status, ShardRow.attempt, ShardRow.seconds, ShardRow.progress)
            steps = sorted(tuple(row) for row in await session.execute(select(*columns)))
            log = await session.execute(select(EventRow.type, EventRow.data).order_by(EventRow.seq))
            said = [(row.type, row.data) for row in log if row.type != "progress"]
            return job.status, job.verdict, job.phase, steps, said

    async def end(self) -> None:
        await self._queue.aclose()
        await self.database.close()


def event(shard: str, kind: str) -> WorkerEvent:
    more: dict[str, Any] = {"succeeded": {"result": RESULT}, "half": {"done": 1.0, "total": 2.0, "unit": "passes"}}
    return WorkerEvent.model_validate(
        {
            "type": "progress" if kind == "half" else kind,
            "job_id": "job_1",
            "shard_id": shard,
            "attempt": 1,
            "worker": "w",
            "at": 0.0,
            **more.get(kind, {}),
        }
    )


#: Twice told, too late, given back, and one whose end lets the plan grow.
FIRST = [
    *((f"a.{n}", kind) for n in range(N) for kind in ("started", "half")),
    *((f"a.{n}", "succeeded") for n in (0, 3, 0, 5)),
    ("a.0", "half"),
    ("a.1", "returned"),
    ("a.1", "half"),
    ("a.2", "cancelled"),
]
REST = [*((f"a.{n}", "succeeded") for n in range(N)), ("more", "started")]
END = [("report", "started"), ("report", "succeeded"), ("more", "succeeded")]


async def test_what_is_read_together_leaves_what_it_leaves_one_by_one(
    made: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(JOB_KINDS, JobKind.AUDIT, Kind(extend, dict))
    recorders = [Recorder(settings) for settings in made]
    for recorder in recorders:
        await recorder.begin()
    for told in (FIRST, REST, END):
        for recorder, at_once in zip(recorders, (True, False), strict=True):
            await recorder.tell(told, at_once)
        together, apart = [await recorder.left() for recorder in recorders]
        assert together == apart
    assert together[:2] == ("succeeded", "pass")
    for recorder in recorders:
        await recorder.end()


async def test_what_is_read_together_costs_no_more_queries_than_one_event(
    made: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locks, progress and releases are of the job: thirty-six events ask for them once."""
    monkeypatch.setitem(JOB_KINDS, JobKind.AUDIT, Kind(extend, dict))
    one, many = [Recorder(settings) for settings in made]
    asked = []
    for recorder, told in ((one, FIRST[:1]), (many, FIRST[: 2 * N])):
        await recorder.begin()
        await recorder.tell(told, at_once=True)
        asked.append(sum(recorder.queries.count.values()))
        await recorder.end()
    assert asked[1] <= asked[0] + 2, "there is progress to be told of besides"


def plainly(rows: Sequence[ShardRow]) -> list[StepState]:
    """Each step for itself."""
    return [
        StepState(row.phase, row.stage, row.status, row.weight, row.unit, row.progress, row.started_at, row.seconds)
        for row in rows
    ]


async def shuffled(session: AsyncSession, chance: random.Random) -> None:
    """Steps in any state."""
    for row in await session.scalars(select(ShardRow)):
        row.status, row.progress, row.started_at, row.seconds = chance.choice(list(StepStatus)), None, None, None
        row.weight = float(chance.randint(1, 9))
        if row.status == StepStatus.SUCCEEDED:
            row.seconds = chance.choice([None, float(chance.randint(1, 9))])
        if row.status == StepStatus.RUNNING:
            row.started_at = utc_now()
        if row.status not in (StepStatus.WAITING, StepStatus.QUEUED) and chance.random() < 0.7:
            row.progress = {"done": chance.randint(0, 5), "total": 5, "unit": "passes"}


@pytest.mark.parametrize("seed", range(3))
async def test_steps_added_up_tell_what_steps_one_by_one_tell(
    made: list[Settings], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setitem(JOB_KINDS, JobKind.AUDIT, Kind(extend, dict))
    recorder, chance, now = Recorder(made[0]), random.Random(seed), utc_now()
    await recorder.begin()
    for _ in range(12):
        async with recorder.database.write() as session:
            await shuffled(session, chance)
        async with recorder.database.read() as session:
            rows = list(await session.scalars(select(ShardRow).order_by(ShardRow.id)))
            added = await progress.step_states(session, await session.get_one(Job, "job_1"))
        every = plainly(rows)
        assert progress.present_phase(added) == progress.present_phase(every)
        for phase in {row.phase for row in rows}:
            assert progress.phase_progress(added, phase) == progress.phase_progress(every, phase)
        left = [progress.seconds_left(steps, now, (), {"report": 2.0}) for steps in (added, every)]
        assert left[0] == pytest.approx(left[1], abs=0.11)
        assert len(added) <= len(every)
    await recorder.end()


async def test_a_job_of_a_day_adds_few_events_of_progress(
    made: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred and fifty seconds of a job that began a day ago: two events, and none of them a second."""
    monkeypatch.setitem(JOB_KINDS, JobKind.AUDIT, Kind(extend, dict))
    recorder, now = Recorder(made[0]), utc_now()
    await recorder.begin()
    await recorder.tell([("a.0", "started")], at_once=True)
    async with recorder.database.write() as session:
        (await session.get_one(Job, "job_1")).started_at = now - timedelta(days=1)
    for second in range(150):
        monkeypatch.setattr(progress, "utc_now", lambda after=second: now + timedelta(seconds=after))
        await recorder.tell([("a.0", "half")], at_once=True)
    async with recorder.database.read() as session:
        log = list(await session.scalars(select(EventRow.type)))
    assert 1 <= log.count("progress") <= 2
    await recorder.end()
