"""Garbage, retention and the doctor, on a service with a worker that does as it is told."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import update

from openapi.base import utc_now
from openapi.wire.blob_listing import FRESH, GRACE
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob, ShardResult
from openapi.wire.settings import Settings
from service.cli.doctor import doctor
from service.context import Services
from service.db.tables import Job, Model, ShardRow
from service.upkeep.orphans import sweep
from service.upkeep.retention import retain
from tests.service.conftest import audit, ended, ready, running, upload_ready
from tests.service.worker import ProtocolWorker, until

NOW = timedelta(0)
T = TypeVar("T")


def on(settings: Settings, work: Callable[[Services], Awaitable[T]]) -> T:
    """Do some work as a process of the service that has no loops."""

    async def run() -> T:
        services = Services.from_settings(settings)
        try:
            return await work(services)
        finally:
            await services.queue.aclose()
            await services.db.close()

    return asyncio.run(run())


def age(settings: Settings, table: Any, column: str, days: float, *ids: str) -> None:
    async def work(services: Services) -> None:
        async with services.db.write() as session:
            await session.execute(
                update(table).where(table.id.in_(ids)).values({column: utc_now() - timedelta(days=days)})
            )

    on(settings, work)


def blob(settings: Settings, sha256: str) -> Path:
    return settings.data_dir / "blobs" / "blobs" / sha256[:2] / sha256


def finished(api: httpx.Client, worker: ProtocolWorker, model: str, dataset: str, **fields: Any) -> str:
    identity = audit(api, model, dataset, **fields)
    while api.get(f"/v1/audits/{identity}").json()["finished_at"] is None:
        for shard in worker.waiting(0.5):
            worker.do(shard)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    return identity


def diagnose(settings: Settings, *options: str) -> tuple[int, list[dict[str, Any]]]:
    found = CliRunner().invoke(doctor, ["--data", str(settings.data_dir), "--json", *options])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, json.loads(found.stdout)["findings"]


def files(settings: Settings) -> set[Path]:
    """What is stored, without the one object that is written to see whether the store can be, and by which clock."""
    found = (path for path in (settings.data_dir / "blobs").rglob("*") if path.is_file())
    return {path for path in found if path.name != "ready"}


def test_garbage_goes_and_what_is_named_stays(api: httpx.Client, settings: Settings, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    done = finished(api, worker, model, dataset)
    under_way = audit(api, model, dataset, seed=1)
    shard = worker.take()
    worker.tell(shard, "started")
    before = files(settings)

    blobs = BlobStore.from_settings(settings)
    orphan = blobs.put_bytes(b"an API was killed before a row could name this")
    blobs.put_result("ab" * 32, ShardResult(value={}, files={}, seconds=1.0))
    assert not on(settings, sweep).blobs, "it may be somebody's who has not told of it yet"
    code, found = diagnose(settings, "--older-than", "0")
    assert (code, [finding["kind"] for finding in found]) == (3, ["orphan"])
    assert set(found[0]["concerns"]) == {orphan.sha256, "ab" * 32}

    gone = on(settings, lambda services: sweep(services, NOW))
    assert (set(gone.blobs), set(gone.results)) == ({orphan.sha256}, {"ab" * 32})
    assert files(settings) == before
    assert diagnose(settings, "--older-than", "0", "--deep") == (0, [])

    worker.do(shard)
    worker.do(worker.take())
    assert ended(api, f"audits/{under_way}")["status"] == "succeeded"
    assert api.get(f"/v1/audits/{done}/report").status_code == 200


def test_what_is_stored_again_is_young_again(settings: Settings, tmp_path: Path) -> None:
    """Else it could be taken for garbage between the moment in which a worker finds it there and that of its row."""
    assert 2 * FRESH <= GRACE
    blobs = BlobStore.from_settings(settings)
    (tmp_path / "file").write_bytes(b"content")
    stored = blob(settings, blobs.put_file(tmp_path / "file").sha256)
    puts: list[Callable[[], Blob]] = [lambda: blobs.put_file(tmp_path / "file"), lambda: blobs.put_bytes(b"content")]
    for put in puts:
        for seconds, is_written in ((FRESH.total_seconds() - 600, False), (FRESH.total_seconds() + 600, True)):
            then = stored.stat().st_ctime - seconds
            os.utime(stored, (then, then))
            put()
            assert (stored.stat().st_mtime > then + 1) == is_written


def test_what_is_old_goes_and_what_is_in_use_stays(
    api: httpx.Client, settings: Settings, worker: ProtocolWorker
) -> None:
    model, dataset = ready(api, worker)
    other = upload_ready(api, worker, "models", b"another model")
    old, young = (finished(api, worker, model, dataset, seed=seed) for seed in range(2))
    waiting = audit(api, other, dataset)
    age(settings, Job, "finished_at", 9, old)
    age(settings, Model, "created_at", 9, model, other)
    assert on(settings, lambda services: retain(services, 10, None)) == []
    assert on(settings, lambda services: retain(services, 8, None)) == [old]
    assert api.get(f"/v1/audits/{old}").status_code == 404
    assert api.get(f"/v1/audits/{young}/report").status_code == 200
    age(settings, Job, "finished_at", 9, young)
    assert on(settings, lambda services: retain(services, 8, None)) == [young, model], "and not what an audit waits for"
    assert diagnose(settings, "--older-than", "0") == (0, [])
    worker.do(worker.take())
    worker.do(worker.take())
    assert ended(api, f"audits/{waiting}")["status"] == "succeeded"


def test_the_oldest_go_while_there_is_too_much(api: httpx.Client, settings: Settings, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    audits = [finished(api, worker, model, dataset, seed=seed) for seed in range(3)]

    async def held(services: Services) -> int:
        return sum([found.size async for found in services.blobs.list_blobs()])

    before = on(settings, held)
    assert on(settings, lambda services: retain(services, None, before)) == []
    assert on(settings, lambda services: retain(services, None, before - 1)) == [audits[0]]
    assert on(settings, held) < before
    assert on(settings, lambda services: retain(services, None, 0)) == [*audits[1:], model, dataset]
    assert on(settings, held) == 0
    assert diagnose(settings, "--older-than", "0") == (0, [])


def test_the_loop_does_what_the_settings_say(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.upkeep.keeper._PAUSE", 0.05)
    worker = ProtocolWorker(settings)
    with running(settings.model_copy(update={"retention_days": 1.0})) as api:
        model, dataset = ready(api, worker)
        identity = finished(api, worker, model, dataset)
        age(settings, Job, "finished_at", 2, identity)
        until(lambda: api.get(f"/v1/audits/{identity}").status_code == 404)
        assert api.get(f"/v1/models/{model}").status_code == 200
    worker.close()


def test_the_doctor_says_what_is_lost_and_what_to_do(
    api: httpx.Client, settings: Settings, worker: ProtocolWorker
) -> None:
    model, dataset = ready(api, worker)
    done = finished(api, worker, model, dataset)
    sha256 = api.get(f"/v1/models/{model}").json()["sha256"]
    artifacts = api.get(f"/v1/audits/{done}/artifacts").json()["items"]
    report = next(item for item in artifacts if item["kind"] == "report" and item["format"] == "json")

    blob(settings, sha256).unlink()
    stored = blob(settings, report["sha256"])
    stored.chmod(0o600)
    data = bytearray(stored.read_bytes())
    stored.write_bytes(bytes([data[0] ^ 1]) + data[1:])
    code, found = diagnose(settings)
    assert (code, [(finding["kind"], finding["concerns"]) for finding in found]) == (3, [("missing", [sha256])])
    assert f"/v1/models/{model}" in found[0]["what"]
    assert "upload the same file" in found[0]["advice"]
    code, found = diagnose(settings, "--deep")
    assert {finding["kind"]: finding["concerns"] for finding in found} == {
        "missing": [sha256],
        "damaged": [report["sha256"]],
    }
    advice = next(finding for finding in found if finding["kind"] == "damaged")
    assert f"/v1/audits/{done} (report.json)" in advice["what"]
    stored.write_bytes(data[:-1])
    code, found = diagnose(settings)
    assert [finding["kind"] for finding in found if finding["concerns"] == [report["sha256"]]] == ["damaged"]

    # Its own advice mends what it can.
    stored.write_bytes(data)
    assert api.post("/v1/models", files={"file": ("some.bin", b"a model")}).status_code == 200
    assert diagnose(settings, "--deep") == (0, [])


def test_the_doctor_finds_a_job_that_nothing_moves(
    api: httpx.Client, settings: Settings, worker: ProtocolWorker
) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    assert diagnose(settings) == (0, [])

    async def forget_steps(services: Services) -> None:
        async with services.db.write() as session:
            await session.execute(update(ShardRow).where(ShardRow.job_id == identity).values(status="dropped"))

    on(settings, forget_steps)
    code, found = diagnose(settings)
    assert (code, [(finding["kind"], finding["concerns"]) for finding in found]) == (3, [("stuck", [identity])])


def test_the_doctor_repairs_garbage_alone(api: httpx.Client, settings: Settings, worker: ProtocolWorker) -> None:
    model, _ = ready(api, worker)
    blob(settings, api.get(f"/v1/models/{model}").json()["sha256"]).unlink()
    BlobStore.from_settings(settings).put_bytes(b"garbage")
    code, found = diagnose(settings, "--older-than", "0", "--repair")
    assert (code, sorted(finding["kind"] for finding in found)) == (3, ["missing", "orphan"])
    assert [finding["kind"] for finding in diagnose(settings, "--older-than", "0")[1]] == ["missing"]


def test_the_doctor_in_words(api: httpx.Client, settings: Settings, worker: ProtocolWorker) -> None:
    ready(api, worker)
    said = CliRunner().invoke(doctor, ["--data", str(settings.data_dir)])
    assert (said.exit_code, said.output) == (0, "all is well: what is named is there, and nothing else\n")
    BlobStore.from_settings(settings).put_bytes(b"garbage")
    said = CliRunner().invoke(doctor, ["--data", str(settings.data_dir), "--older-than", "0"])
    assert said.exit_code == 3
    assert "1 blob " in said.output
    assert "1 finding\n" in said.output
    assert "--repair" in said.output
    nowhere = CliRunner().invoke(doctor, ["--data", str(settings.data_dir / "nowhere")])
    assert nowhere.exit_code == 2
    assert not (settings.data_dir / "nowhere").exists()
    (settings.data_dir / "nowhere").mkdir()
    empty = CliRunner().invoke(doctor, ["--data", str(settings.data_dir / "nowhere")])
    assert (empty.exit_code, list((settings.data_dir / "nowhere").iterdir())) == (2, [])
    assert "holds no database" in empty.output
