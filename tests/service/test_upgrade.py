"""A database with unfinished jobs of the schema before: its jobs go on after the upgrade, and find the same work to do.

``unfinished_0004.sql`` was written by the version before: an audit with `survivors_only` and a hardening ahead, data
prepared and two attacks done; a hardening in its training; an audit that waits for the inspection of its model.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi.wire.jobs import ShardResult
from openapi.wire.settings import Settings
from tests.service.conftest import ended, running
from tests.service.test_pinned_keys import PINNED, PinnedWorker, pin

OLD = Path(__file__).parent / "unfinished_0004.sql"


@pytest.fixture
def worker(settings: Settings) -> Iterator[PinnedWorker]:
    found = PinnedWorker(settings)
    yield found
    found.close()


def test_unfinished_jobs_survive_the_upgrade(settings: Settings, worker: PinnedWorker) -> None:
    with sqlite3.connect(settings.data_dir / "tremor.db") as database:
        database.executescript(OLD.read_text())
        for key, result in database.execute("SELECT result_key, result FROM shards WHERE result IS NOT NULL"):
            worker.blobs.put_result(key, ShardResult.model_validate(json.loads(result)))
            for prefix in (b"", b"prepared"):  # the files that `ProtocolWorker` leaves of attacks and preparations
                worker.blobs.put_bytes(prefix + key.encode())
        folders = {"audit": "audits", "hardening": "hardenings"}
        jobs = [f"{folders[k]}/{i}" for i, k in database.execute("SELECT id, kind FROM jobs") if k in folders]
    database.close()
    pins: dict[str, list[str]] = {}
    with running(settings) as api:
        assert len(jobs) == 4
        while any(api.get(f"/v1/{job}").json()["finished_at"] is None for job in jobs):
            for shard in worker.waiting(0.3):
                pins.setdefault(shard.job_id[:3], []).append(pin(shard))
                worker.do(shard)
        assert {ended(api, job)["status"] for job in jobs} == {"succeeded"}
    assert {kind: sorted(found) for kind, found in pins.items()} == PINNED["unfinished"]
