"""A database with unfinished jobs of an older schema: its jobs go on after the upgrade, and find the same work to do.

``unfinished_0004.sql`` was written by the version before: an audit with `survivors_only` and a hardening ahead, data
prepared and two attacks done; a hardening in its training; an audit that waits for the inspection of its model.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openapi.wire.jobs import Shard, ShardResult
from openapi.wire.settings import Settings
from service.db.database import Database
from service.orchestrator.step_states import UNFINISHED
from tests.service.conftest import ended, running
from tests.service.test_pinned_keys import PINNED, PinnedWorker, pin
from tests.service.worker import until

#: What a stage of a job was called before plans.
OLD_STAGES = {"inspect", "prepare", "evaluate", "hardening", "train", "report"}
OLD = Path(__file__).parent / "unfinished_0004.sql"


@pytest.fixture
def worker(settings: Settings) -> Iterator[PinnedWorker]:
    found = PinnedWorker(settings)
    yield found
    found.close()


def restore(settings: Settings, worker: PinnedWorker) -> list[str]:
    """Write the old database and what its shards left; returns the paths of its jobs."""
    with closing(sqlite3.connect(settings.data_dir / "tremor.db")) as database:
        database.executescript(OLD.read_text())
        for key, result in database.execute("SELECT result_key, result FROM shards WHERE result IS NOT NULL"):
            worker.blobs.put_result(key, ShardResult.model_validate(json.loads(result)))
            for prefix in (b"", b"prepared"):  # the files that `ProtocolWorker` leaves of attacks and preparations
                worker.blobs.put_bytes(prefix + key.encode())
        folders = {"audit": "audits", "hardening": "hardenings"}
        return [f"{folders[k]}/{i}" for i, k in database.execute("SELECT id, kind FROM jobs") if k in folders]


def test_unfinished_jobs_survive_the_upgrade(settings: Settings, worker: PinnedWorker) -> None:
    jobs = restore(settings, worker)
    pins: dict[str, list[str]] = {}
    with running(settings) as api:
        assert len(jobs) == 4
        while any(api.get(f"/v1/{job}").json()["finished_at"] is None for job in jobs):
            for shard in worker.waiting(0.3):
                pins.setdefault(shard.job_id[:3], []).append(pin(shard))
                worker.do(shard)
        assert {ended(api, job)["status"] for job in jobs} == {"succeeded"}
    assert {kind: sorted(found) for kind, found in pins.items()} == PINNED["unfinished"]


def rows(settings: Settings, table: str) -> dict[str, dict[str, Any]]:
    """Id → row, with JSON read."""
    with closing(sqlite3.connect(settings.data_dir / "tremor.db")) as database:
        database.row_factory = sqlite3.Row
        found = [dict(row) for row in database.execute(f"SELECT * FROM {table}")]
    for row in found:
        row |= {name: json.loads(row[name]) for name in ("message", "after", "result") if row.get(name) is not None}
    return {row["id"]: row for row in found}


async def migrate(settings: Settings, revision: str | None) -> None:
    """Bring the database to the newest schema, or take it down to `revision`."""
    database = Database(settings.sqlalchemy_url)
    await (database.migrate() if revision is None else database.downgrade(revision))
    await database.close()


async def test_a_downgrade_gives_back_unfinished_jobs_as_they_were(settings: Settings, worker: PinnedWorker) -> None:
    restore(settings, worker)
    before = {table: rows(settings, table) for table in ("jobs", "shards", "models", "datasets", "events")}
    assert {row["stage"] for row in before["jobs"].values()} >= {"waiting", "evaluate", "train"}
    await migrate(settings, None)
    assert "stage" not in next(iter(rows(settings, "jobs").values()))
    await migrate(settings, "0004")
    assert {table: rows(settings, table) for table in before} == before


async def test_a_downgrade_in_the_middle_of_work_loses_none_of_it(settings: Settings, worker: PinnedWorker) -> None:
    jobs = restore(settings, worker)
    pins: list[str] = []
    with running(settings) as api:
        train = next(shard for shard in iter(worker.take, None) if not _did(worker, shard, pins))
        checkpoint = worker.blobs.put_bytes(b"epoch 1")
        worker.tell(train, "progress", done=1, total=2, unit="epochs", checkpoint=checkpoint)
        until(lambda: rows(settings, "shards")[train.shard_id]["message"].get("checkpoint"))
    await migrate(settings, "0004")
    shards, audits = rows(settings, "shards"), rows(settings, "jobs")
    assert "checkpoint" not in shards[train.shard_id]["message"], "the older program refuses what it does not know"
    assert len({(row["job_id"], row["stage"], row["name"]) for row in shards.values()}) == len(shards)
    assert {row["stage"] for row in shards.values()} <= OLD_STAGES
    assert {row["stage"] for row in audits.values()} <= OLD_STAGES | {"waiting"}
    for row in audits.values():
        unfinished = {s["stage"] for s in shards.values() if s["job_id"] == row["id"] and s["status"] in UNFINISHED}
        assert unfinished <= {row["stage"]}, "the older program looks at the steps of a job's stage alone"
    brief = settings.model_copy(update={"lease_seconds": 1.0})  # nobody does the training that was begun
    with running(brief) as api:
        while any(api.get(f"/v1/{job}").json()["finished_at"] is None for job in jobs):
            for shard in worker.waiting(0.3):
                pins.append(pin(shard))
                worker.do(shard)
        assert {ended(api, job)["status"] for job in jobs} == {"succeeded"}
    assert set(pins) == {found for kind in PINNED["unfinished"].values() for found in kind}


def _did(worker: PinnedWorker, shard: Shard, pins: list[str]) -> bool:
    """Do a shard unless it is a training, which is begun."""
    if shard.stage == "harden":
        worker.tell(shard, "started")
        return False
    pins.append(pin(shard))
    worker.do(shard)
    return True


async def test_a_downgrade_leaves_out_steps_that_the_older_program_cannot_do(
    settings: Settings, worker: PinnedWorker
) -> None:
    restore(settings, worker)
    await migrate(settings, None)
    audit = next(row for row in rows(settings, "jobs").values() if row["phase"] == "attacks")
    step = next(row for row in rows(settings, "shards").values() if row["job_id"] == audit["id"])
    with closing(sqlite3.connect(settings.data_dir / "tremor.db")) as database, database:
        database.execute("UPDATE jobs SET phase = 'neurons.sweep' WHERE id = ?", (audit["id"],))
        database.execute("UPDATE shards SET phase = 'neurons.sweep', stage = 'analysis' WHERE id = ?", (step["id"],))
    await migrate(settings, "0004")
    assert rows(settings, "jobs")[audit["id"]]["stage"] == "evaluate"
    assert step["id"] not in rows(settings, "shards")
