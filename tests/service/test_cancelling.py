"""Jobs that are cancelled: before, while and after something runs."""

import threading

import httpx
import redis

from openapi.wire.settings import Settings
from tests.service.conftest import audit, ended, ready
from tests.service.worker import ProtocolWorker, cancelled, until


def test_cancelling_ends_what_waits_for_others(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    attacks = [{"name": "fgsm", "eps": 0.1}, {"name": "apgd", "eps": 0.1}]
    identity = audit(api, model, dataset, attacks=attacks, neurons=None, survivors_only=True)
    shard = worker.take()
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    assert api.post(f"/v1/audits/{identity}/cancel").json()["status"] == "cancelling"
    worker.tell(shard, "cancelled")
    assert ended(api, f"audits/{identity}")["status"] == "cancelled"
    assert worker.is_empty()


def test_cancelling_before_anything_runs_is_immediate(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    shard = worker.take()
    answer = api.post(f"/v1/audits/{identity}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert cancelled(settings, identity)
    assert api.post(f"/v1/audits/{identity}/cancel").json()["status"] == "cancelled"
    worker.do(shard)
    assert worker.is_empty()
    assert api.get(f"/v1/audits/{identity}").json()["status"] == "cancelled"


def test_cancelling_waits_for_what_runs(api: httpx.Client, worker: ProtocolWorker, settings: Settings) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, max_samples=8)
    first, _second = worker.take(), worker.take()
    worker.tell(first, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    assert api.post(f"/v1/audits/{identity}/cancel").json()["status"] == "cancelling"
    assert cancelled(settings, identity)
    worker.tell(first, "cancelled")
    assert ended(api, f"audits/{identity}")["status"] == "cancelled"


def test_a_result_that_comes_while_cancelling_ends_it(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    shard = worker.take()
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    api.post(f"/v1/audits/{identity}/cancel")
    worker.do(shard)
    assert ended(api, f"audits/{identity}")["status"] == "cancelled"
    assert worker.is_empty()


def test_a_shard_that_nobody_cancelled_goes_out_again(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    """A worker that saw the mark of an earlier run under the same id."""
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, attacks=[{"name": "fgsm", "eps": 0.1}], neurons=None)
    with redis.Redis.from_url(settings.redis) as client:
        client.set(f"tremor:cancel:{identity}", 1)
    shard = worker.take()
    worker.tell(shard, "started")
    worker.tell(shard, "cancelled")
    again = worker.take()
    assert (again.shard_id, again.attempt) == (shard.shard_id, shard.attempt + 1)
    assert not cancelled(settings, identity)
    worker.do(again)
    worker.do(worker.take())
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_waiting_ends_with_the_job_or_with_the_time(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    assert api.get(f"/v1/audits/{identity}", params={"wait": 0.2}).json()["status"] == "queued"
    later = threading.Timer(0.3, lambda: api.post(f"/v1/audits/{identity}/cancel"))
    later.start()
    try:
        assert ended(api, f"audits/{identity}")["status"] == "cancelled"
    finally:
        later.join()  # the cancel's own answer may still be on its way: nobody may close the client before it is read
