"""Clocks that jump, back and ahead: whoever died is missed all the same, and nothing waits longer, or ends, by it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from openapi.problems import problem
from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from service.orchestrator.budgets import Budgets
from service.orchestrator.retries import waited
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


def _wait_for_the_janitor(settings: Settings, shard: str) -> None:
    """Until it has looked around from here to there: what is seen of a look is its beginning, so two are waited for.

    On a slow machine the lease may end before the second is put ahead; then a look after the first has ended it.
    """

    def is_renewed() -> bool:
        with closing(sqlite3.connect(settings.data_dir / "tremor.db", timeout=60)) as database:
            seen = "status <> 'running' OR lease_at < datetime('now', '+1 hours')"
            query = f"SELECT {seen} FROM shards WHERE id = ?"
            return bool(database.execute(query, (shard,)).fetchone()[0])

    for _ in range(2):
        _put_ahead(settings, "lease_at", shard)
        until(is_renewed)


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


def test_a_jump_ahead_does_not_end_what_waits_for_room(
    api: httpx.Client, settings: Settings, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day is waited for by default, and not a moment that the clock calls a day."""
    monkeypatch.setattr("service.orchestrator.retries._FIRST_PAUSE", 0.1)
    identity = audit(api, *ready(api, worker))
    why = problem("insufficient-storage", "the disk is full")
    worker.tell(shard := worker.take(), "deferred", problem=why)
    until(lambda: api.get(f"/v1/audits/{identity}").json()["waiting_for"])
    with closing(sqlite3.connect(settings.data_dir / "tremor.db", timeout=60)) as database, database:
        database.execute("UPDATE shards SET deferred_at = datetime('now', '-2 days') WHERE id = ?", (shard.shard_id,))
    worker.tell(again := worker.take(), "deferred", problem=why)
    last = worker.take()
    assert [s.shard_id for s in (again, last)] == [shard.shard_id] * 2
    worker.do(last)
    worker.do(worker.take_of("report"))
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_as_long_is_waited_as_is_asked_for() -> None:
    assert [waited(deferrals) for deferrals in (0, 1, 2, 5, 6, 7, 12)] == [0.0, 2.0, 6.0, 62.0, 122.0, 182.0, 482.0]


def test_a_jump_ahead_does_not_use_up_a_time_budget(
    api: httpx.Client, settings: Settings, worker: ProtocolWorker
) -> None:
    identity = audit(api, *ready(api, worker), time_budget=3600)
    shard = worker.take()
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    _wait_for_the_janitor(settings, shard.shard_id)  # who has not seen it start has the database's clock alone
    with closing(sqlite3.connect(settings.data_dir / "tremor.db", timeout=60)) as database, database:
        database.execute("UPDATE jobs SET started_at = datetime('now', '-1 days') WHERE id = ?", (identity,))
    again = worker.take()  # the janitor has looked around: the lease of a worker without a word is over
    assert (again.shard_id, again.attempt) == (shard.shard_id, 2)
    assert api.get(f"/v1/audits/{identity}").json()["phase"] == "attacks"
    worker.do(again)
    worker.do(worker.take_of("report"))
    found = ended(api, f"audits/{identity}")
    assert (found["status"], found.get("stopped")) == ("succeeded", None)


def test_budgets_are_measured_by_who_watches() -> None:
    moment, now = 100.0, datetime(2026, 1, 1, tzinfo=UTC)
    budgets = Budgets(lambda: moment)
    assert budgets.used({"before us": now - timedelta(seconds=30)}, now) == {"before us": 30.0}
    for jump in (timedelta(days=1), timedelta(days=-2), timedelta(0)):
        moment, now = moment + 2, now + timedelta(seconds=2) + jump
        used = budgets.used({"before us": now, "since then": now - timedelta(hours=1), "ahead of us": now + jump}, now)
        assert used["before us"] == moment - 70
        assert used["since then"] == moment - 100, "it was not there at the last look"
    assert budgets.used({}, now) == {}
