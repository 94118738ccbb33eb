"""Killed services, forgetful brokers: the work is done all the same, and once."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from openapi.wire.queue import WorkerInfo
from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from service.orchestrator.hub import Hub
from service.orchestrator.retries import Ended
from tests.service.conftest import audit, ended, flush, make_settings, ready, running
from tests.service.worker import ProtocolWorker, until


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Settings:
    found = make_settings(broker, tmp_path)
    flush(found)
    return found


def brief(settings: Settings) -> Settings:
    """With leases of a second, so that lost work is missed soon; the janitor then looks around four times as often."""
    return settings.model_copy(update={"lease_seconds": 1.0})


def test_a_service_that_comes_back_takes_up_everything(settings: Settings, worker: ProtocolWorker) -> None:
    """Both sides die: the broker forgets all, one shard was running, one was queued, one was done."""
    with running(settings) as api:
        model, dataset = ready(api, worker)
        identity = audit(api, model, dataset, max_samples=9, execution={"shards": 3})
        done, started, queued = worker.take(), worker.take(), worker.take()
        worker.do(done)
        worker.tell(started, "started")
        until(lambda: api.get(f"/v1/audits/{identity}").json()["progress"]["done"] == 3.0)
    flush(settings)
    with running(brief(settings)) as api:
        again = {shard.shard_id: shard for shard in (worker.take(), worker.take())}
        assert set(again) == {started.shard_id, queued.shard_id}
        assert all(shard.attempt == 2 for shard in again.values())
        for shard in again.values():
            worker.do(shard)
        worker.do(worker.take())
        assert ended(api, f"audits/{identity}")["status"] == "succeeded"


@pytest.mark.parametrize(("how", "status"), [("stopped", "succeeded"), ("lost", "failed")])
def test_restarts_of_everything(
    broker: Broker, tmp_path: Path, worker: ProtocolWorker, how: Ended, status: str
) -> None:
    """Service, broker and workers end together three times: planned stops cost nothing, crashes count as losses.

    The lease is long: it is not waited for, since nobody lives who could hold it.
    """
    settings = make_settings(broker, tmp_path, lease_seconds=300.0, max_attempts=3)
    with running(settings) as api:
        model, dataset = ready(api, worker)
        identity = audit(api, model, dataset)
        worker.tell(worker.take(), "started")
        until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    for _ in range(2):
        flush(settings)
        with running(settings, how) as api:
            shard = worker.take()
            worker.tell(shard, "started")
            until(lambda: 'tremor_shards{status="running"} 1' in api.get("/metrics").text)
    flush(settings)
    with running(settings, how) as api:
        if how == "stopped":
            worker.do(worker.take())
            worker.do(worker.take())
        assert ended(api, f"audits/{identity}")["status"] == status


def test_who_waits_is_answered_when_the_service_stops(
    settings: Settings, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: set[Any] = set()
    wait = Hub.wait

    async def counted(self: Hub, key: str, timeout: float) -> None:
        waiting.add((key, asyncio.current_task()))
        await wait(self, key, timeout)

    monkeypatch.setattr(Hub, "wait", counted)
    with ThreadPoolExecutor(2) as threads:
        with running(settings) as api:
            model, dataset = ready(api, worker)
            identity = audit(api, model, dataset)
            address = str(api.base_url.join(f"/v1/audits/{identity}"))
            poll = threads.submit(httpx.get, address, params={"wait": 60}, timeout=90)
            stream = threads.submit(httpx.get, f"{address}/events", timeout=90)
            until(
                lambda: [key for key, _ in list(waiting)].count(identity) == 2
            )  # were they asked later, they would be refused
        assert (poll.result().status_code, poll.result().json()["status"]) == (200, "queued")
        assert "id: evt_" in stream.result().text


def test_what_was_heard_is_applied_before_the_end(settings: Settings, worker: ProtocolWorker) -> None:
    """A service that stops has applied what its workers said before; the broker may be gone with the next start."""
    with running(settings) as api:
        model, dataset = ready(api, worker)
        identity = audit(api, model, dataset)
        shard = worker.take()
        for done in range(300):
            worker.tell(shard, "progress", done=done % 4, total=4, unit="samples")
        worker.do(shard)
    flush(settings)
    asyncio.run(worker.blobs.delete_result_async(shard.result_key))
    with running(settings) as api:
        found = worker.take()
        assert found.stage == "report"
        worker.do(found)
        assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_work_that_only_the_broker_forgot_is_handed_out_again(
    settings: Settings, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.orchestrator.janitor._FORGOTTEN_SECONDS", 0.5)
    with running(brief(settings)) as api:
        model, dataset = ready(api, worker)
        audit(api, model, dataset)
        first = worker.take()  # and never a word of it again
        assert worker.is_empty(1.5), "nobody is idle: it may well lie in a queue"
        worker.queue.heartbeat(WorkerInfo(id="idle", device="cpu", sandbox="full", at=time.time()))
        again = worker.take()
        assert (again.shard_id, again.attempt) == (first.shard_id, 2)


def test_a_broker_that_lost_its_memory_gets_the_work_again(
    api: httpx.Client, settings: Settings, worker: ProtocolWorker
) -> None:
    """The service lives on and notices; nobody waits for a restart, nor for what counts as forgotten."""
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, max_samples=8, execution={"shards": 2})
    running_shard, queued = worker.take(), worker.take()
    worker.tell(running_shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    flush(settings)
    again = worker.take()
    assert (again.shard_id, again.attempt) == (queued.shard_id, 2)
    worker.do(again)
    worker.do(running_shard)
    worker.do(worker.take())
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_work_that_lies_in_a_queue_or_in_hand_is_not_handed_out_again(
    settings: Settings, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many uploads before it, a shard waits long; repeated again and again, it would never come to its turn."""
    monkeypatch.setattr("service.orchestrator.janitor._FORGOTTEN_SECONDS", 0.2)
    with running(brief(settings)) as api:
        model, dataset = ready(api, worker)
        audit(api, model, dataset, max_samples=8, execution={"shards": 2})
        worker.queue.heartbeat(WorkerInfo(id="idle", device="cpu", sandbox="full", at=time.time()))
        time.sleep(2)  # five rounds of the janitor
        worker.queue.goodbye("idle")  # until two say that they have what they take
        first, second = worker.take(), worker.take()
        assert (first.attempt, second.attempt) == (1, 1), "they lay in the queue"
        for shard in (first, second):
            info = WorkerInfo(id=shard.shard_id, device="cpu", sandbox="full", at=time.time(), shard_id=shard.shard_id)
            worker.queue.heartbeat(info)
        worker.queue.heartbeat(WorkerInfo(id="idle", device="cpu", sandbox="full", at=time.time()))
        assert worker.is_empty(1.5), "two workers say that they have them"


def test_results_reported_while_the_service_was_away_are_found(settings: Settings, worker: ProtocolWorker) -> None:
    with running(settings) as api:
        model, dataset = ready(api, worker)
        identity = audit(api, model, dataset)
        shard = worker.take()
    worker.do(shard)
    with running(settings) as api:
        report = worker.take_of("report")
        worker.do(report)
        assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_an_audit_is_taken_while_the_broker_is_away(tmp_path: Path, broker: Broker) -> None:
    """What is committed is the truth: the work is handed out when the broker is back."""
    own = Broker(tmp_path / "own")
    own.start()
    settings = make_settings(own, tmp_path / "data", lease_seconds=2.0)
    worker: Any = ProtocolWorker(settings)
    try:
        with running(settings) as api:
            model, dataset = ready(api, worker)
            worker.close()
            own.stop()
            identity = audit(api, model, dataset)
            assert api.get("/health/ready").json()["checks"]["queue"]["status"] == "failed"
            assert api.get(f"/v1/audits/{identity}").json()["status"] == "queued"
            own.start()
            worker = ProtocolWorker(settings)
            worker.do(worker.take())
            worker.do(worker.take())
            assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    finally:
        worker.close()
        own.stop()
