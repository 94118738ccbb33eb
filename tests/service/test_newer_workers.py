"""Workers are replaced first when a version follows another: until its turn comes, the service does without what it
does not know of."""

import json
import logging
from contextlib import closing
from typing import Any

import httpx
import pytest
import redis

from openapi.wire.jobs import WorkerEvent
from openapi.wire.keys import worker_key
from openapi.wire.queue import EVENTS, QueueClient, WorkerInfo
from openapi.wire.settings import Settings
from tests.service.conftest import audit, ended, ready
from tests.service.worker import ProtocolWorker, until

#: Objects without fields of their own: names of files, of layers, free counts.
_MAPPINGS = {"files", "figures", "taps", "omega", "not_written", "params", "of_a_newer_version"}


def grown(value: Any, name: str = "") -> Any:
    """JSON with one more field in every object that a model reads."""
    if isinstance(value, list):
        return [grown(each) for each in value]
    if not isinstance(value, dict):
        return value
    more = {} if name in _MAPPINGS else {"of_a_newer_version": {"a": 1}}
    return {key: grown(inner, key) for key, inner in value.items()} | more


class NewerQueue(QueueClient):
    """Says what it says with fields that nobody here knows."""

    def publish(self, event: WorkerEvent) -> None:
        self._sync.xadd(EVENTS, {"event": json.dumps(grown(json.loads(event.model_dump_json())))})


@pytest.fixture
def newer(settings: Settings, worker: ProtocolWorker) -> ProtocolWorker:
    worker.queue.close()
    worker.queue = NewerQueue(settings)
    return worker


def test_an_audit_that_hardens_is_done_by_newer_workers(api: httpx.Client, newer: ProtocolWorker) -> None:
    model, dataset = ready(api, newer)
    assert [layer["name"] for layer in api.get(f"/v1/models/{model}").json()["inspection"]["layers"]] == ["conv1", "fc"]
    harden = {"train_dataset_id": dataset, "epochs": 1}
    identity = audit(api, model, dataset, neurons={"max_samples": 4}, harden=harden)
    while api.get(f"/v1/audits/{identity}").json()["finished_at"] is None:
        for shard in newer.waiting(0.3):
            newer.do(shard)
    found = ended(api, f"audits/{identity}")
    assert found["status"] == "succeeded"
    assert ended(api, f"hardenings/{found['hardening_id']}")["status"] == "succeeded"


def test_a_newer_worker_counts_as_one_that_works(api: httpx.Client, settings: Settings) -> None:
    info = WorkerInfo(id="w", device="cpu", sandbox="full", at=0.0)
    with closing(redis.Redis.from_url(settings.redis)) as raw, closing(QueueClient(settings)) as client:
        client.heartbeat(info)
        raw.set(
            worker_key("w"), json.dumps(json.loads(info.model_dump_json()) | {"of_a_newer_version": 1}), keepttl=True
        )
        assert [worker["id"] for worker in api.get("/health/ready").json()["workers"]] == ["w"]


def test_what_is_no_event_here_is_dropped_and_said(
    api: httpx.Client, settings: Settings, worker: ProtocolWorker, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(redis.Redis.from_url(settings.redis)) as raw, caplog.at_level(logging.WARNING):
        raw.xadd(EVENTS, {"event": '{"type": "of a newer version"}'})
        ready(api, worker)  # those behind it are heard
        until(lambda: "of a newer version" in caplog.text)
