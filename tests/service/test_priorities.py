"""Priorities inside a tenant: nothing urgent waits behind what is less urgent, and nothing waits for ever."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import httpx

from openapi.base import utc_now
from openapi.wire.delivery import Lane
from openapi.wire.jobs import Shard
from openapi.wire.settings import Settings
from tests.service.conftest import audit, ready, upload
from tests.service.worker import ProtocolWorker

HIGH, MEDIUM, LOW = 9, 5, -9


def urgent(priority: int, **more: int) -> dict[str, int]:
    return {"priority": priority, **more}


def fill(api: httpx.Client, model: str, dataset: str, seed: int) -> str:
    """Fill what is handed out ahead of all choice, so that of what comes after it the next is chosen."""
    return audit(api, model, dataset, max_samples=10, execution={"shards": 8}, seed=seed)


def next_attack(worker: ProtocolWorker, *filling: str) -> Shard:
    """The first attack that comes behind what fills the queue."""
    while True:
        shard = worker.take()
        if shard.stage == "attack" and shard.job_id not in filling:
            return shard
        worker.do(shard)


def drain(api: httpx.Client, worker: ProtocolWorker, *but: str) -> None:
    """Do all that comes until every audit has ended, but those."""
    while any(one["finished_at"] is None for one in api.get("/v1/audits").json()["items"] if one["id"] not in but):
        for shard in worker.waiting(0.2):
            worker.do(shard)


def test_no_priority_inversion_by_an_inspection(api: httpx.Client, worker: ProtocolWorker) -> None:
    """An audit's uploads are inspected when it is its turn, though inspections have no priority of their own."""
    model, _ = ready(api, worker)
    held = [upload(api, "datasets", b"held %d" % place) for place in range(8)]  # these go out ahead of all choice
    medium = [upload(api, "datasets", b"medium %d" % place) for place in range(12)]
    fresh = upload(api, "datasets", b"what the urgent audit works on")
    for place, waits in enumerate(medium):
        audit(api, model, waits, execution=urgent(MEDIUM), seed=place)
    high = audit(api, model, fresh, execution=urgent(HIGH))
    came: list[str] = []
    while fresh not in came:
        shard = worker.take(lanes=[Lane.SHORT])
        worker.do(shard)
        came.append(shard.job_id)
    assert {*came} <= {*held, fresh}, "those of less urgent audits came first"
    drain(api, worker)
    assert api.get(f"/v1/audits/{high}").json()["status"] == "succeeded"


def test_no_priority_inversion_by_a_shared_result(api: httpx.Client, worker: ProtocolWorker) -> None:
    """What an unimportant audit has begun and does not end, an urgent one that needs the same does for itself."""
    model, dataset = ready(api, worker)
    low = audit(api, model, dataset, seed=1, execution=urgent(LOW))
    shared = worker.take()
    worker.tell(shared, "started")  # and its worker goes on with it for hours
    filling = fill(api, model, dataset, 100)
    mediums = [audit(api, model, dataset, seed=seed, execution=urgent(MEDIUM)) for seed in range(2, 12)]
    high = audit(api, model, dataset, seed=1, execution=urgent(HIGH))
    first = next_attack(worker, filling)
    assert (shared.job_id, first.job_id, first.result_key) == (low, high, shared.result_key)
    worker.do(first)
    drain(api, worker, low)
    ends = {one: api.get(f"/v1/audits/{one}").json()["finished_at"] for one in (high, low, *mediums)}
    assert ends[high] == min(ends[one] for one in (high, *mediums)), "it waited behind what is less urgent"
    assert ends[low] is None
    worker.do(shared)
    drain(api, worker)


def test_no_starvation_of_what_has_waited_long(api: httpx.Client, worker: ProtocolWorker, settings: Settings) -> None:
    """An hour of waiting counts as a point of priority: what is less urgent is late, and its turn comes."""
    model, dataset = ready(api, worker)
    filling = fill(api, model, dataset, 100)
    low = audit(api, model, dataset, seed=1, execution=urgent(-2))
    flood = [audit(api, model, dataset, seed=seed, execution=urgent(3)) for seed in range(2, 14)]
    assert api.get(f"/v1/audits/{low}").json()["queue_position"] >= len(flood)
    with closing(sqlite3.connect(settings.data_dir / "tremor.db", timeout=30)) as database:
        since = (utc_now() - timedelta(hours=5, minutes=1)).replace(tzinfo=None)
        database.execute("UPDATE jobs SET created_at = ? WHERE id = ?", (since.isoformat(" "), low))
        database.commit()
    assert api.get(f"/v1/audits/{low}").json()["queue_position"] == 0
    assert next_attack(worker, filling).job_id == low
