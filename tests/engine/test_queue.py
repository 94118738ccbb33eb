"""The queue client against a real Valkey server."""

import asyncio
import json
import time

import pytest
import redis

from openapi.wire import queue
from openapi.wire.delivery import QUEUES, Lane
from openapi.wire.jobs import Blob, Shard, WorkerEvent
from openapi.wire.queue import EVENTS, GROUP, QueueClient, WorkerInfo
from openapi.wire.settings import Settings
from openapi.wire.streams import Delivery
from service.embedded.broker import Broker


def shard(attempt: int = 1) -> Shard:
    blob = Blob(sha256="0" * 64, size=1)
    return Shard(job_id="aud_1", shard_id="s1", stage="attack", attempt=attempt, inputs={"x": blob}, params={"a": 1})


def event(done: float) -> WorkerEvent:
    return WorkerEvent(
        type="progress", job_id="aud_1", shard_id="s1", attempt=1, worker="w", done=done, total=10, at=time.time()
    )


async def take(client: QueueClient, count: int, consumer: str = "service") -> list[Delivery]:
    found: list[Delivery] = []
    async with asyncio.timeout(30):
        async for batch in client.consume(consumer, block_seconds=0.1):
            found += batch
            if len(found) >= count:
                break
    return found


async def test_enqueued_work_lies_in_the_broker(settings: Settings) -> None:
    client = QueueClient(settings)
    await client.enqueue(shard())
    raw = redis.Redis.from_url(settings.redis)
    waiting = raw.lindex("tremor:celery:" + QUEUES[Lane.LONG], 0)
    assert waiting is not None
    message = json.loads(waiting)
    assert message["headers"]["task"] == "tremor.run_shard"
    raw.close()
    assert not client.is_outdated(shard(1))
    await client.enqueue(shard(2))
    assert client.is_outdated(shard(1))
    assert not client.is_outdated(shard(2))
    await client.aclose()
    client.close()


async def test_events_come_once_and_again_when_not_acknowledged(settings: Settings) -> None:
    client = QueueClient(settings)
    for done in range(3):
        client.publish(event(done))
    first = await take(client, 3)
    assert [d.event.done for d in first] == [0, 1, 2]
    await client.ack(first[:2])
    again = await take(client, 1)
    assert [d.id for d in again] == [first[2].id]
    await client.ack(again)
    client.publish(event(9))
    assert [d.event.done for d in await take(client, 1)] == [9]
    await client.aclose()
    client.close()


async def test_a_listener_ends_whenever_it_is_cancelled(settings: Settings) -> None:
    """Also in the moment in which a command was just sent: one process that went on would take others' events."""
    for steps in range(40):
        client, begun = QueueClient(settings), asyncio.Event()

        async def listen(client: QueueClient, begun: asyncio.Event) -> None:
            async for _ in client.consume(block_seconds=0.05):
                begun.set()

        listener = asyncio.create_task(listen(client, begun))
        await begun.wait()
        for _ in range(steps):
            await asyncio.sleep(0)
        listener.cancel()
        done, _ = await asyncio.wait({listener}, timeout=60)
        assert done, f"cancelled {steps} steps later"
        await client.aclose()


async def test_events_survive_a_forgetful_broker(settings: Settings, broker: Broker) -> None:
    client = QueueClient(settings)
    seen: list[float | None] = []
    async with asyncio.timeout(30):
        async for batch in client.consume(block_seconds=0.1):
            seen += [d.event.done for d in batch]
            await client.ack(batch)
            if not seen:
                client.publish(event(1))
            elif seen == [1]:
                broker.flush()
                client.publish(event(2))
            if 2 in seen:
                break
    assert set(seen) >= {1, 2}
    await client.aclose()
    client.close()


async def test_events_of_a_dead_consumer_are_taken_over(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_CLAIM_SECONDS", 0.2)
    client = QueueClient(settings)
    client.publish(event(7))
    assert [d.event.done for d in await take(client, 1, "dead")] == [7]
    found = await take(client, 1, "heir")
    assert [d.event.done for d in found] == [7]
    await client.ack(found)
    await client.aclose()
    client.close()


async def test_one_that_stops_hears_all_there_is_and_leaves_nothing(settings: Settings) -> None:
    client = QueueClient(settings)
    for done in range(3):
        client.publish(event(done))
    mine = await take(client, 2, "leaving")
    await client.ack(mine[:1])
    client.publish(event(3))
    heard: list[float | None] = []
    async with asyncio.timeout(30):
        async for batch in client.rest("leaving", batch=2):
            heard += [delivery.event.done for delivery in batch]
            await client.ack(batch)
    assert heard == [1, 2, 3]
    raw = redis.Redis.from_url(settings.redis)
    assert raw.xinfo_consumers(EVENTS, GROUP) == []
    assert raw.xlen(EVENTS) == 0
    raw.close()
    await client.aclose()
    client.close()


async def test_unreadable_events_are_dropped(settings: Settings) -> None:
    client = QueueClient(settings)
    raw = redis.Redis.from_url(settings.redis)
    raw.xadd(EVENTS, {"event": "not json"})
    client.publish(event(4))
    found = await take(client, 1)
    assert [d.event.done for d in found] == [4]
    assert raw.xpending(EVENTS, GROUP)["pending"] == 1
    raw.close()
    await client.aclose()
    client.close()


async def test_cancel_flags_and_heartbeats(settings: Settings) -> None:
    client = QueueClient(settings)
    assert not client.is_cancelled("aud_1")
    await client.cancel("aud_1")
    assert client.is_cancelled("aud_1")
    assert not client.is_cancelled("aud_2")
    assert await client.workers() == []
    for name in "ba":
        client.heartbeat(WorkerInfo(id=name, device="cpu", sandbox="full", at=time.time()))
    assert [worker.id for worker in await client.workers()] == ["a", "b"]
    client.goodbye("a")
    assert [worker.id for worker in await client.workers()] == ["b"]
    assert await client.ping() > 0
    await client.aclose()
    client.close()
