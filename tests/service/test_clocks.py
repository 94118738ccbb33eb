"""The machine's clock goes back by two hours: whoever died is missed all the same, and nobody waits for two hours."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.service.conftest import audit, ended, flush, make_settings, ready, running
from tests.service.worker import ProtocolWorker, until


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Settings:
    found = make_settings(broker, tmp_path, lease_seconds=1.0)
    flush(found)
    return found


@pytest.fixture
def api(settings: Settings) -> Iterator[httpx.Client]:
    with running(settings) as client:
        yield client


def _put_ahead(settings: Settings, column: str, shard: str) -> None:
    """What was written before the clock went back is two hours ahead of it."""
    with closing(sqlite3.connect(settings.data_dir / "tremor.db", timeout=60)) as database, database:
        database.execute(f"UPDATE shards SET {column} = datetime('now', '+2 hours') WHERE id = ?", (shard,))


def test_the_lease_of_a_dead_worker_ends(api: httpx.Client, settings: Settings, worker: ProtocolWorker) -> None:
    identity = audit(api, *ready(api, worker))
    first = worker.take()
    worker.tell(first, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    _put_ahead(settings, "lease_at", first.shard_id)
    again = worker.take()
    assert (again.shard_id, again.attempt) == (first.shard_id, 2)
    worker.do(again)
    worker.do(worker.take_of("report"))
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_what_was_put_off_is_tried_again(api: httpx.Client, settings: Settings, worker: ProtocolWorker) -> None:
    identity = audit(api, *ready(api, worker))
    first = worker.take()
    with closing(sqlite3.connect(settings.data_dir / "tremor.db", timeout=60)) as database, database:
        database.execute(
            "UPDATE shards SET attempt = 2, enqueued_at = NULL, not_before = datetime('now', '+2 hours') WHERE id = ?",
            (first.shard_id,),
        )
    again = worker.take()
    assert (again.shard_id, again.attempt) == (first.shard_id, 2)
    worker.do(again)
    worker.do(worker.take_of("report"))
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"
