"""Steps of made-up kinds of jobs, over a real database and queue."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from openapi.stages.base import Stage, Wire, is_none
from openapi.status import JobKind
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob, Limits, OutputFile, Shard, ShardResult
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from service.db.database import Database
from service.db.tables import Job
from service.embedded.broker import Broker
from service.orchestrator.job_kinds import JOB_KINDS, Kind
from service.orchestrator.orchestrator import Orchestrator
from service.orchestrator.plan import Ending, Extension, Known, MissingOutput, OutputOf, Step, ValueOf, resolved
from tests.service.conftest import flush, make_settings
from tests.service.worker import PATIENCE, ProtocolWorker, until

Extend = Callable[[Known[Any]], Extension]
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
    end = time.monotonic() + PATIENCE
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


@asynccontextmanager
async def orchestrated(settings: Settings, extend: Extend, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The database of an orchestrator that works on one job of a made-up kind."""
    monkeypatch.setitem(JOB_KINDS, JobKind.AUDIT, Kind(extend, dict))
    database, queue = Database(settings.sqlalchemy_url), QueueClient(settings)
    await database.migrate()
    orchestrator = Orchestrator(settings, database, queue, BlobStore.from_settings(settings))
    job = Job(id="job_1", tenant_id="default", kind=JobKind.AUDIT, status="queued", request={}, last_seq=0)
    async with orchestrator.transaction() as session:
        session.add(job)
        await session.flush()
        await orchestrator.plans.start(session, job)
    await orchestrator.start()
    try:
        yield database
    finally:
        await orchestrator.stop()
        await queue.aclose()
        await database.close()


async def test_fan_out_merge_fan_out_report(
    settings: Settings, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step goes out once, as soon as what it takes is there, although every result is told twice."""
    async with orchestrated(settings, extend, monkeypatch) as database:
        shards = await asyncio.to_thread(drive, worker)
        assert [shard.stage for shard in shards] == ["neurons"] * 3 + ["report"] + ["attack"] * 2 + ["report"]
        merge, layer, report = shards[3], shards[4], shards[6]
        assert sorted(merge.inputs) == ["sums.0", "sums.1", "sums.2"]
        assert (layer.params["omega"], sorted(layer.inputs)) == (7, ["omega", "x"])
        assert sorted(report.inputs) == ["layer.0", "layer.1"]
        found = await finished(database)
        assert (found.status, found.verdict) == ("succeeded", "pass")


def training(known: Known[Any]) -> Extension:
    """One long step, and one that takes what it leaves."""
    if "use" in known.done:
        return Extension(ending=Ending("pass"))
    use = Step("using", "use", Stage.REPORT, {"onnx": OutputOf("train", "onnx")}, MadeUp())
    return Extension(steps=[Step("training", "train", Stage.HARDEN, {"x": X}, MadeUp()), use])


def interrupted(worker: ProtocolWorker) -> tuple[list[Shard], list[Blob]]:
    """Train for three epochs by three workers: one is asked to leave, one says nothing more."""
    attempts, kept = [worker.take()], [worker.blobs.put_bytes(text) for text in (b"epoch 1", b"epoch 2", b"epoch 3")]
    worker.tell(attempts[0], "progress", done=1, total=3, unit="epochs", checkpoint=kept[0])
    worker.tell(attempts[0], "returned", checkpoint=kept[1])
    attempts.append(worker.take())
    worker.tell(attempts[1], "progress", done=3, total=3, unit="epochs", checkpoint=kept[2])
    worker.tell(attempts[0], "progress", done=1, total=3, unit="epochs", checkpoint=kept[0])  # heard too late
    attempts.append(worker.take())
    until(lambda: not worker.blobs.exists(kept[1].sha256))
    assert worker.blobs.exists(kept[2].sha256)
    worker.succeed(attempts[2], {}, onnx=worker.file("m.onnx", "checkpoint", "onnx", b"trained"))
    use = worker.take()
    worker.succeed(use, {})
    until(lambda: not worker.blobs.exists(kept[2].sha256))
    return [*attempts, use], kept


async def test_a_training_goes_on_at_its_last_epoch(
    settings: Settings, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = settings.model_copy(update={"lease_seconds": 1.0})
    async with orchestrated(brief, training, monkeypatch) as database:
        (*attempts, use), kept = await asyncio.to_thread(interrupted, worker)
        assert [shard.checkpoint for shard in attempts] == [None, kept[1], kept[2]]
        first = attempts[0].attempt
        assert [shard.attempt for shard in attempts] == [first, first + 1, first + 2]
        assert len({shard.result_key for shard in attempts}) == 1, "it finds what it would have found undisturbed"
        assert (use.checkpoint, list(use.inputs)) == (None, ["onnx"])
        assert (await finished(database)).status == "succeeded"


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
