"""Webhooks, received by processes of their own and verified by the library of Standard Webhooks."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import standardwebhooks
from sqlalchemy import func, select

from openapi.problems import problem
from service.app import create_app
from service.context import Services
from service.db.webhooks import Delivery
from service.embedded.broker import Broker
from service.orchestrator import job_rows
from tests.service.conftest import Served, World, audit, ended, flush, make_settings, running, upload
from tests.service.hooked import bring_forward, hook, tried, try_out, verified
from tests.service.receiver import Receiver, receiving, until
from tests.service.worker import HEADLINE, ProtocolWorker


def test_what_happens_is_told_and_signed(hooked: World, receiver: Receiver) -> None:
    api, worker = hooked.api, hooked.worker
    everything = hook(api, receiver.url, description="all of it")
    with receiving(receiver.folder / "other") as other, receiving(receiver.folder / "audits") as audits:
        hook(api, other.url, events=["audit.failed", "dataset.rejected"])
        assert hook(api, audits.url, events=["audit.*"])["events"] == ["audit.*"]
        dataset = upload(api, "datasets", b"another data set")
        worker.do(worker.take())
        job = audit(api, hooked.model, hooked.dataset, labels={"team": "vision"})
        for _ in range(2):
            shard = worker.take()
            worker.tell(shard, "started")
            worker.do(shard)
        ended(api, f"audits/{job}")
        until(lambda: receiver.events("audit.succeeded"))
        events = [verified(everything["secret"], got) for got in receiver.got()]
        assert [event["type"] for event in events] == ["dataset.ready", "audit.started", "audit.succeeded"]
        assert events[0]["data"] == {
            "id": dataset,
            "href": f"/v1/datasets/{dataset}",
            "status": "ready",
            "labels": {},
        }
        told = events[2]["data"]
        assert (told["id"], told["status"], told["labels"]) == (job, "succeeded", {"team": "vision"})
        assert (told["model_id"], told["dataset_id"]) == (hooked.model, hooked.dataset)
        assert told["headline"] == json.loads(HEADLINE.model_dump_json())
        assert api.get(told["href"]).json()["id"] == job
        assert {got["headers"]["content-type"] for got in receiver.got()} == {"application/json"}
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            verified(everything["secret"], {**receiver.got()[0], "body": receiver.got()[1]["body"]})

        job = audit(api, hooked.model, hooked.dataset, seed=1)
        worker.fail(worker.take(), problem("memory-limit", "too much"))
        ended(api, f"audits/{job}")
        until(lambda: other.events("audit.failed"))
        assert [json.loads(got["body"])["data"]["id"] for got in other.got()] == [job]
        until(lambda: audits.events("audit.failed"))
        kinds = ["audit.started", "audit.succeeded", "audit.failed"]
        assert [json.loads(got["body"])["type"] for got in audits.got()] == kinds, "no data set"
        assert json.loads(other.got()[0]["body"])["data"]["problem"]["status"] >= 400


def test_a_message_is_tried_again_under_the_same_id(hooked: World, receiver: Receiver) -> None:
    receiver.plan("500", "302", "200")
    place = try_out(hooked.api, hook(hooked.api, receiver.url)["id"])
    first = tried(hooked.api, place, 1)
    assert (first["status"], first["attempts"][0]["status_code"]) == ("pending", 500)
    pause = datetime.fromisoformat(first["next_attempt_at"]) - datetime.fromisoformat(first["attempts"][0]["at"])
    assert timedelta(seconds=5) <= pause <= timedelta(seconds=5.6)
    for count in (2, 3):
        bring_forward(hooked.settings)
        found = tried(hooked.api, place, count)
    assert (found["status"], found["next_attempt_at"]) == ("delivered", None)
    assert [attempt["status_code"] for attempt in found["attempts"]] == [500, 302, 200]
    assert found["attempts"][1]["error"] == "redirects are not followed"
    assert [got["headers"]["webhook-id"] for got in receiver.got()] == [found["id"]] * 3
    assert {got["path"] for got in receiver.got()} == {"/hook"}


def test_nothing_is_lost_while_receiver_and_service_are_away(broker: Broker, tmp_path: Path) -> None:
    settings = make_settings(broker, tmp_path / "data", webhook_networks=("127.0.0.1/32",))
    flush(settings)
    with receiving(tmp_path / "receiver") as gone:
        port = int(httpx.URL(gone.url).port or 0)
        gone.kill()
        with closing(ProtocolWorker(settings)) as worker, running(settings) as api:
            secret = hook(api, gone.url)["secret"]
            dataset = upload(api, "datasets")
            worker.do(worker.take())
            api.get(f"/v1/datasets/{dataset}", params={"wait": 60})
    with receiving(tmp_path / "receiver", port) as back, running(settings):
        until(lambda: bring_forward(settings) and back.got())
        assert verified(secret, back.got()[0])["data"]["id"] == dataset


def test_a_receiver_that_is_gone_is_disabled_and_reported(hooked: World, receiver: Receiver) -> None:
    receiver.plan("410")
    identity = hook(hooked.api, receiver.url)["id"]
    place = try_out(hooked.api, identity)
    found = until(
        lambda: not (found := hooked.api.get(f"/v1/webhook-endpoints/{identity}").json())["enabled"] and found
    )
    assert "410" in found["disabled_reason"]
    until(lambda: hooked.api.get(place).json()["status"] == "failed")
    assert "tremor_webhooks_disabled 1.0" in hooked.api.get("/metrics").text
    for path in (f"/v1/webhook-endpoints/{identity}/test", f"{place}/replay"):
        assert hooked.api.post(path).status_code == 409
    changed = hooked.api.patch(f"/v1/webhook-endpoints/{identity}", json={"enabled": True}).json()
    assert (changed["enabled"], changed["disabled_reason"], changed["failing_since"]) == (True, None, None)
    hooked.api.post(f"{place}/replay")
    until(lambda: hooked.api.get(place).json()["status"] == "delivered")
    off = hooked.api.patch(f"/v1/webhook-endpoints/{identity}", json={"enabled": False, "description": "off"}).json()
    assert (off["enabled"], off["disabled_reason"], off["description"]) == (False, None, "off")
    assert hooked.api.delete(f"/v1/webhook-endpoints/{identity}").status_code == 204
    assert hooked.api.get(place).status_code == 404


def test_an_endpoint_that_fails_for_days_is_disabled_and_what_waits_for_it_given_up(
    hooked: World, receiver: Receiver
) -> None:
    receiver.plan(*["503"] * 4)
    identity = hook(hooked.api, receiver.url)["id"]
    place, other = try_out(hooked.api, identity), try_out(hooked.api, identity)
    for one in (place, other):
        tried(hooked.api, one, 1)
    there = f"/v1/webhook-endpoints/{identity}"
    assert (hooked.api.get(there).json()["enabled"], receiver.got()[0]["status"]) == (True, "503")
    with closing(sqlite3.connect(hooked.settings.data_dir / "tremor.db", timeout=60)) as database, database:
        days = (datetime.now(UTC) - timedelta(days=5, seconds=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
        database.execute("UPDATE webhooks SET failing_since = ? WHERE id = ?", (days, identity))
    bring_forward(hooked.settings)
    found = until(lambda: not (found := hooked.api.get(there).json())["enabled"] and found)
    assert found["disabled_reason"] == "no message was taken for 5 days; the last try: 503"
    until(lambda: {hooked.api.get(one).json()["status"] for one in (place, other)} == {"failed"})
    assert len(receiver.got()) == 3, "who is disabled is not asked again"
    hooked.api.patch(there, json={"enabled": True})
    receiver.plan()
    since = {"since": hooked.api.get(place).json()["created_at"]}
    assert hooked.api.post(f"{there}/replay", json=since).json() == {"replayed": 2}
    until(lambda: all(hooked.api.get(one).json()["status"] == "delivered" for one in (place, other)))
    assert hooked.api.get(there).json()["failing_since"] is None


def test_a_receiver_that_hangs_holds_up_no_other(hooked: World, receiver: Receiver, tmp_path: Path) -> None:
    receiver.plan("hang")
    hanging = hook(hooked.api, receiver.url)["id"]
    place = try_out(hooked.api, hanging)
    until(receiver.got)
    with receiving(tmp_path / "quick") as quick:
        other = try_out(hooked.api, hook(hooked.api, quick.url)["id"])
        until(lambda: hooked.api.get(other).json()["status"] == "delivered")
    assert hooked.api.get(place).json()["status"] == "pending"
    hooked.api.delete(f"/v1/webhook-endpoints/{hanging}")


def test_several_processes_send_each_message_once(hooked: World, receiver: Receiver) -> None:
    with Served(create_app(hooked.settings)), Served(create_app(hooked.settings)):
        identity = hook(hooked.api, receiver.url)["id"]
        places = [try_out(hooked.api, identity) for _ in range(20)]
        until(lambda: all(hooked.api.get(place).json()["status"] == "delivered" for place in places))
    ids = [got["headers"]["webhook-id"] for got in receiver.got()]
    assert sorted(ids) == sorted(place.rpartition("/")[2] for place in places)


def test_wrong_requests_are_refused_by_name(world: World) -> None:
    for body, pointer in (
        ({}, "/url"),
        ({"url": "ftp://example.org"}, "/url"),
        ({"url": "https://user:secret@example.org/"}, "/url"),
        ({"url": "https://example.org/ x"}, "/url"),
        ({"url": "http://:80/"}, "/url"),
        ({"url": "http://example.org:65536/"}, "/url"),
        ({"url": "https://example.org/#part"}, "/url"),
        ({"url": "http://example.org\n/"}, "/url"),
        ({"url": "https://example.org", "events": []}, "/events"),
        ({"url": "https://example.org", "events": ["audit.exploded"]}, "/events/0"),
        ({"url": "https://example.org", "events": ["*"]}, "/events/0"),
        ({"url": "https://example.org", "secret": "mine"}, "/secret"),
    ):
        answer = world.api.post("/v1/webhook-endpoints", json=body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert "^" not in answer.json()["errors"][0]["detail"], "no regular expression"
    assert world.api.get("/v1/webhook-endpoints").json()["items"] == []


async def test_what_did_not_happen_is_not_told(hooked: World) -> None:
    """A transaction that is rolled back leaves no message: they are written in it."""
    identity = hook(hooked.api, "http://127.0.0.1:9/hook", events=["audit.cancelled"])["id"]
    job_id = audit(hooked.api, hooked.model, hooked.dataset, seed=7)
    services = Services.from_settings(hooked.settings)
    mine = select(func.count()).select_from(Delivery).where(Delivery.webhook_id == identity)

    async def cancel(fails: bool) -> None:
        async with services.orchestrator.transaction() as session:
            job = await job_rows.lock_job(session, job_id)
            assert job is not None
            await services.orchestrator.plans.cancel(session, job)
            if fails:
                raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await cancel(True)
    async with services.db.read() as session:
        assert await session.scalar(mine) == 0
    await cancel(False)
    async with services.db.read() as session:
        assert await session.scalar(mine) == 1
    await services.queue.aclose()
    await services.db.close()
    await asyncio.to_thread(hooked.worker.waiting, 1.0)
    hooked.api.delete(f"/v1/webhook-endpoints/{identity}")
