"""Steps of a made-up kind of job, and the figures that are read off steps."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from openapi.stages.base import Stage, Wire, is_none
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob, Limits, OutputFile, Shard, ShardResult
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from service.db.database import Database
from service.db.tables import Job
from service.embedded.broker import Broker
from service.orchestrator.kinds import KINDS, Kind
from service.orchestrator.orchestrator import Orchestrator
from service.orchestrator.plan import Ending, Extension, Known, MissingOutput, OutputOf, Step, ValueOf, resolved
from service.orchestrator.progress import StepState, phase_progress, present_phase, seconds_left
from tests.service.conftest import flush, make_settings
from tests.service.worker import ProtocolWorker

X = Blob(sha256="a" * 64, size=1)
SLICES, LAYERS = range(3), range(2)


class MadeUp(Wire):
    """Parameters of the made-up stages."""

    slice: int | None = Field(None, exclude_if=is_none)
    layer: int | None = Field(None, exclude_if=is_none)
    omega: int | None = Field(None, exclude_if=is_none)


def extend(known: Known[Any]) -> Extension:
    """Sums of slices → their merge → a test for each layer, which the merge makes known → report."""
    if not known.planned:
        sums = [Step("sums", f"sums.{j}", Stage.NEURONS, {"x": X}, MadeUp(slice=j), unit="samples") for j in SLICES]
        taken = {f"sums.{j}": OutputOf(f"sums.{j}", "sums") for j in SLICES}
        return Extension(steps=[*sums, Step("merging", "omega", Stage.REPORT, taken, MadeUp(), extends=True)])
    if "report" in known.done:
        return Extension(ending=Ending("pass"))
    value = {"omega": ValueOf("omega", "omega")}
    inputs: dict[str, Blob | OutputOf] = {"x": X, "omega": OutputOf("omega", "report")}
    tests = [Step("suppression", f"layer.{i}", Stage.ATTACK, inputs, MadeUp(layer=i), value) for i in LAYERS]
    merged = {f"layer.{i}": OutputOf(f"layer.{i}", "samples") for i in LAYERS}
    return Extension(steps=[*tests, Step("report", "report", Stage.REPORT, merged, MadeUp())])


def drive(worker: ProtocolWorker) -> list[Shard]:
    """Do seven shards, and tell of every result twice."""
    shards = []
    for _ in range(7):
        shard = worker.take()
        shards.append(shard)
        files = {
            name: worker.file(name, name, "npz", shard.result_key.encode()) for name in ("sums", "samples", "report")
        }
        for _ in range(2):
            worker.succeed(shard, {"omega": 7}, **files)
    assert worker.is_empty()
    return shards


async def finished(database: Database) -> Job:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        async with database.read() as session:
            job = await session.get(Job, "job_1")
        if job is not None and job.finished_at is not None:
            return job
        await asyncio.sleep(0.05)
    raise AssertionError("the job did not end")


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Settings:
    found = make_settings(broker, tmp_path)
    flush(found)
    return found


async def test_fan_out_merge_fan_out_report(
    settings: Settings, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step goes out once, as soon as what it takes is there, although every result is told twice."""
    monkeypatch.setitem(KINDS, "made_up", Kind(extend, dict))
    database = Database(settings.sqlalchemy_url)
    await database.migrate()
    queue = QueueClient(settings)
    orchestrator = Orchestrator(settings, database, queue, BlobStore.from_settings(settings))
    job = Job(id="job_1", kind="made_up", status="queued", request={}, last_seq=0)
    async with orchestrator.transaction() as session:
        session.add(job)
        await session.flush()
        await orchestrator.plans.start(session, job)
    await orchestrator.start()
    try:
        shards = await asyncio.to_thread(drive, worker)
        assert [shard.stage for shard in shards] == ["neurons"] * 3 + ["report"] + ["attack"] * 2 + ["report"]
        merge, layer, report = shards[3], shards[4], shards[6]
        assert sorted(merge.inputs) == ["sums.0", "sums.1", "sums.2"]
        assert (layer.params["omega"], sorted(layer.inputs)) == (7, ["omega", "x"])
        assert sorted(report.inputs) == ["layer.0", "layer.1"]
        found = await finished(database)
        assert (found.status, found.verdict) == ("succeeded", "pass")
    finally:
        await orchestrator.stop()
        await queue.aclose()
        await database.close()


def test_a_step_that_takes_what_was_not_left_says_so() -> None:
    taken, values = {"x": OutputOf("before", "x")}, {"omega": ValueOf("before", "v")}
    step = Step("p", "n", Stage.ATTACK, taken, MadeUp(layer=2), values, after=("first",))
    assert step.waits_for == ("first", "before")
    shard = step.message("j", "s", Limits())
    file = OutputFile(name="x", kind="x", format="x", blob=X)
    found = resolved(shard, step.needs(), {"before": ShardResult(value={"v": 3}, files={"x": file})})
    assert (found.inputs, found.params) == ({"x": X}, {"layer": 2, "omega": 3})
    with pytest.raises(MissingOutput):
        resolved(shard, step.needs(), {"before": ShardResult(value={})})


def state(phase: str, status: str, **fields: Any) -> StepState:
    return StepState(phase, fields.pop("stage", "attack"), status, fields.pop("weight", 4.0), **fields)


def test_phase_and_progress_are_read_off_the_steps() -> None:
    half = {"done": 1, "total": 2, "unit": "epochs"}
    steps = [
        state("a", "succeeded", unit="samples"),
        state("a", "running", unit="samples", progress=half),
        state("b", "waiting"),
    ]
    assert present_phase(steps) == "a"
    assert phase_progress(steps, "a") == {"done": 6.0, "total": 8.0, "unit": "samples"}
    assert phase_progress(steps, "b") is None
    assert phase_progress([state("t", "running", progress=half)], "t") == half
    assert (present_phase([]), present_phase(steps[:1])) == (None, "a")


def test_the_time_left_follows_the_pace_so_far() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    done = state("a", "succeeded", seconds=8.0)
    assert seconds_left([state("a", "queued")], now) is None, "nothing tells"
    assert seconds_left([done, state("a", "queued"), state("r", "waiting", stage="report")], now) == 8.0
    half = {"done": 1, "total": 2, "unit": "samples"}
    running = state("a", "running", progress=half, started_at=now - timedelta(seconds=6))
    assert seconds_left([done, running, running, state("a", "queued")], now) == (6 + 6 + 8) / 2
    assert seconds_left([done], now) is None
