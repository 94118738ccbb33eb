"""Lost workers, messages that come too late, full disks: the work is done all the same, and once."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from openapi.problems import problem
from openapi.wire.jobs import WorkerEvent
from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from service.orchestrator.orchestrator import Orchestrator
from tests.service.conftest import audit, ended, flush, make_settings, ready, running, upload
from tests.service.worker import ProtocolWorker, until


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Settings:
    found = make_settings(broker, tmp_path)
    flush(found)
    return found


@pytest.fixture
def brief(settings: Settings) -> Iterator[httpx.Client]:
    """A service with leases of a second, that gives work up soon: lost work is missed soon."""
    with running(settings.model_copy(update={"lease_seconds": 1.0, "max_attempts": 3})) as client:
        yield client


def test_the_shard_of_a_silent_worker_is_started_anew(brief: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(brief, worker)
    identity = audit(brief, model, dataset)
    first = worker.take()
    worker.tell(first, "started")
    second = worker.take()
    assert (second.shard_id, second.attempt) == (first.shard_id, 2)
    worker.tell(first, "progress", done=1, total=4, unit="samples")  # the worker lives after all
    worker.do(second)
    worker.do(worker.take_of("report"))
    assert ended(brief, f"audits/{identity}")["status"] == "succeeded"
    assert '"type": "retry"' in brief.get(f"/v1/audits/{identity}/events").text


def test_a_result_counts_whichever_attempt_brings_it(brief: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(brief, worker)
    identity = audit(brief, model, dataset)
    first = worker.take()
    worker.tell(first, "started")
    worker.take()
    worker.do(first)
    worker.do(worker.take())
    assert ended(brief, f"audits/{identity}")["status"] == "succeeded"


def test_a_shard_that_is_lost_three_times_fails_as_worker_lost(brief: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(brief, worker)
    identity = audit(brief, model, dataset)
    for attempt in (1, 2, 3):
        shard = worker.take()
        assert shard.attempt == attempt
        worker.tell(shard, "started")
    found = ended(brief, f"audits/{identity}")
    assert (found["status"], found["problem"]["type"].rpartition("/")[2]) == ("failed", "worker-lost")
    assert "3 times" in found["problem"]["detail"]


def test_a_shard_that_is_given_back_is_never_lost(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    """Workers may be stopped as often as it pleases people: more often than a shard may be lost."""
    often = settings.max_attempts + 2
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    for attempt in range(1, often + 1):
        shard = worker.take()
        assert shard.attempt == attempt
        worker.tell(shard, "started")
        worker.tell(shard, "returned")
        worker.tell(shard, "returned")  # a second word on the same attempt changes nothing
    worker.do(worker.take())
    worker.do(worker.take())
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    assert api.get(f"/v1/audits/{identity}/events").text.count('"reason": "stopped"') == often


def test_a_shard_that_finds_no_room_waits_and_is_tried_again(
    api: httpx.Client, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.orchestrator.retries._FIRST_PAUSE", 0.1)
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    for attempt in range(1, 6):
        shard = worker.take()
        assert shard.attempt == attempt, "more often than a shard may be lost"
        worker.tell(shard, "started")
        worker.tell(shard, "deferred", problem=problem("insufficient-storage", "the disk is full"))
        found = until(lambda: api.get(f"/v1/audits/{identity}").json()["waiting_for"])
        assert (found["status"], found["detail"]) == (507, "the disk is full")
    shard = worker.take()
    worker.tell(shard, "progress", done=1, total=4, unit="samples")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["waiting_for"] is None)
    worker.do(shard)
    worker.do(worker.take())
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_an_inspection_that_waits_says_why(api: httpx.Client, worker: ProtocolWorker) -> None:
    identity = upload(api, "models", b"a model")
    shard = worker.take()
    worker.tell(shard, "started")
    worker.tell(shard, "deferred", problem=problem("insufficient-storage", "the disk is full"))
    found = until(lambda: (body := api.get(f"/v1/models/{identity}").json())["problem"] and body)
    assert (found["status"], found["problem"]["detail"]) == ("inspecting", "the disk is full")
    worker.do(worker.take())
    found = api.get(f"/v1/models/{identity}", params={"wait": 60}).json()
    assert (found["status"], found["problem"]) == ("ready", None)


def test_who_waits_too_long_for_room_fails_with_the_reason(
    broker: Broker, tmp_path: Path, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.orchestrator.retries._FIRST_PAUSE", 0.1)
    with running(make_settings(broker, tmp_path, storage_wait_seconds=0.0)) as api:
        model, dataset = ready(api, worker)
        identity = audit(api, model, dataset)
        for _ in range(2):
            worker.tell(worker.take(), "deferred", problem=problem("insufficient-storage", "the disk is full"))
        found = ended(api, f"audits/{identity}")
        assert (found["status"], found["waiting_for"]) == ("failed", None)
        assert found["problem"]["type"].endswith("/insufficient-storage")


def test_nobody_is_called_lost_by_one_who_did_not_listen(
    settings: Settings, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database takes an event for longer than a lease: the worker goes on meanwhile, and is heard afterwards."""
    slow: list[WorkerEvent] = []
    apply = Orchestrator.apply

    async def apply_slowly(self: Orchestrator, events: Sequence[WorkerEvent]) -> None:
        if events[-1].type == "progress" and not slow:
            slow.append(events[-1])
            await asyncio.sleep(8)
        await apply(self, events)

    monkeypatch.setattr(Orchestrator, "apply", apply_slowly)
    with running(settings.model_copy(update={"lease_seconds": 4.0, "heartbeat_seconds": 0.3})) as api:
        model, dataset = ready(api, worker)
        identity = audit(api, model, dataset)
        shard = worker.take()
        worker.tell(shard, "started")
        until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
        for done in range(40):
            worker.tell(shard, "progress", done=done, total=40, unit="samples")
            assert worker.is_empty(0.25), "it was not lost"
        assert slow
        worker.do(shard)
        worker.do(worker.take())
        assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_what_a_leaving_worker_gives_back_of_a_cancelled_job_ends_it(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    shard = worker.take()
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    api.post(f"/v1/audits/{identity}/cancel")
    worker.tell(shard, "returned")
    assert ended(api, f"audits/{identity}")["status"] == "cancelled"


def test_progress_keeps_the_lease(settings: Settings, worker: ProtocolWorker) -> None:
    with running(settings.model_copy(update={"lease_seconds": 4.0})) as api:
        model, dataset = ready(api, worker)
        audit(api, model, dataset)
        shard = worker.take()
        for done in range(10):
            worker.tell(shard, "progress", done=done, total=10, unit="samples")
            assert worker.is_empty(0.6)


def test_a_cancelled_job_whose_worker_died_ends(brief: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(brief, worker)
    identity = audit(brief, model, dataset)
    worker.tell(worker.take(), "started")
    until(lambda: brief.get(f"/v1/audits/{identity}").json()["status"] == "running")
    brief.post(f"/v1/audits/{identity}/cancel")
    assert ended(brief, f"audits/{identity}")["status"] == "cancelled"


def test_a_verdict_on_a_file_counts_whichever_attempt_brings_it(brief: httpx.Client, worker: ProtocolWorker) -> None:
    identity = upload(brief, "models", b"no model")
    first = worker.take()
    worker.tell(first, "started")
    second = worker.take()
    assert second.attempt == 2
    worker.fail(first, problem("job-failed", "the machine of the first attempt was at fault"))
    worker.fail(first, problem("model-malformed", "it is no model"))
    found = brief.get(f"/v1/models/{identity}", params={"wait": 60}).json()
    assert found["status"] == "rejected"
    assert found["problem"]["detail"] == "it is no model"
