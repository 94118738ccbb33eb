"""Data of the first released schema: up to today's, read by today's program, and back down as it was."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, MetaData, Table, insert, select

from service.db.database import Database
from service.db.migrate import downgrade, upgrade
from service.db.tables import ApiKey, Artifact, Dataset, EventRow, Job, Model, ShardRow
from service.orchestrator.step_states import StepStatus
from service.tenants.caller import DEFAULT_TENANT
from tests.service.test_database import url as url

AT = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
HASHES = {name: name[0] * 64 for name in ("model", "dataset", "report", "key", "shard", "body")}


def file(name: str, kind: str) -> dict[str, Any]:
    return {
        "id": name, "fingerprint": kind[::-1][:1] * 64, "name": "Ziffern ✓", "sha256": HASHES[kind],
        "size": 5_000_000_000, "filename": f"{kind}.bin", "status": "ready", "problem": None,
        "meta": {"labels": ["eins", "zwei"]},
        "inspection": {"num_classes": 2}, "created_at": AT,
    }  # fmt: skip


#: One of each row that the first schema has: an audit that has ended, with all that hangs on it.
ROWS: dict[str, dict[str, Any]] = {
    "api_keys": {"id": "key_1", "name": "pipeline", "key_hash": HASHES["key"], "created_at": AT, "revoked_at": None},
    "datasets": {**file("dst_1", "dataset"), "files": {"x": HASHES["dataset"]}},
    "models": {**file("mdl_1", "model"), "parent_id": None, "hardening_id": None},
    "idempotency_keys": {
        "scope": "POST /v1/audits once", "body_hash": HASHES["body"], "status": 202, "location": "/v1/audits/aud_1",
        "answer": {"id": "aud_1"}, "created_at": AT,
    },
    "jobs": {
        "id": "aud_1", "kind": "audit", "status": "succeeded", "phase": "report", "stage": "report", "verdict": "pass",
        "problem": None, "model_id": "mdl_1", "dataset_id": "dst_1", "train_dataset_id": None, "parent_job_id": None,
        "child_job_id": None, "hardened_model_id": None, "request": {"model_id": "mdl_1", "dataset_id": "dst_1"},
        "metrics": None, "progress": None, "last_seq": 1, "progress_at": None, "created_at": AT, "started_at": AT,
        "finished_at": AT,
    },
    "artifacts": {
        "id": "art_1", "job_id": "aud_1", "kind": "report", "format": "json", "name": "report.json", "size": 17,
        "sha256": HASHES["report"], "created_at": AT,
    },
    "events": {"id": "evt_1", "job_id": "aud_1", "seq": 1, "type": "succeeded", "data": {"a": [1]}, "created_at": AT},
    "shards": {
        "id": "shd_1", "job_id": "aud_1", "stage": "evaluate", "name": "pgd.0", "status": "succeeded",
        "result_key": HASHES["shard"], "message": {"shard_id": "shd_1", "stage": "attack"}, "attempt": 1,
        "losses": 0, "weight": 2.5, "worker": "w-1", "lease_at": None, "enqueued_at": AT, "progress": None,
        "result": {"value": {"success": 3}},
    },
}  # fmt: skip


def tables(connection: Connection) -> dict[str, Table]:
    found = MetaData()
    found.reflect(connection)
    return dict(found.tables)


def fill(connection: Connection) -> None:
    there = tables(connection)
    assert set(there) == {*ROWS, "alembic_version"}
    for name, row in ROWS.items():
        connection.execute(insert(there[name]).values(**row))


def kept(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """All rows; times without their zone, which not every database gives back."""
    found = {}
    for name, table in tables(connection).items():
        if name != "alembic_version":
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            found[name] = [{key: _plain(value) for key, value in row.items()} for row in rows]
    return found


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


async def test_the_first_release_comes_up_and_goes_back_down(url: str) -> None:
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(upgrade, "0001")
            await connection.run_sync(fill)
            before = await connection.run_sync(kept)
            await connection.run_sync(upgrade)
            await connection.commit()
        async with database.read() as session:
            job, model, dataset = (
                await session.get_one(Job, "aud_1"),
                await session.get_one(Model, "mdl_1"),
                await session.get_one(Dataset, "dst_1"),
            )
            step, artifact = await session.get_one(ShardRow, "shd_1"), await session.get_one(Artifact, "art_1")
            event, key = await session.get_one(EventRow, "evt_1"), await session.get_one(ApiKey, "key_1")
            assert {row.tenant_id for row in (job, model, dataset, step, artifact, event)} == {DEFAULT_TENANT}
            assert (job.status, job.verdict, job.finished_at, job.request) == (
                "succeeded", "pass", AT, ROWS["jobs"]["request"],
            )  # fmt: skip
            assert (model.name, model.size, model.meta) == ("Ziffern ✓", 5_000_000_000, {"labels": ["eins", "zwei"]})
            assert dataset.files == {"x": HASHES["dataset"]}
            assert (step.status, step.weight, step.result) == (
                StepStatus.SUCCEEDED, 2.5, {"value": {"success": 3}},
            )  # fmt: skip
            assert (artifact.sha256, event.data, key.key_hash) == (HASHES["report"], {"a": [1]}, HASHES["key"])
        async with database.engine.connect() as connection:
            await connection.run_sync(downgrade, "0001")
            await connection.commit()
            assert await connection.run_sync(kept) == before
    finally:
        await database.close()
