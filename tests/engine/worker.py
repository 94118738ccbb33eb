"""A runner with the stages of `tests.engine.stages`, on a real broker and blob store, and what it has published."""

import time
from typing import Any

import redis

from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Limits, Shard, WorkerEvent
from openapi.wire.queue import EVENTS, QueueClient
from openapi.wire.settings import Settings
from workers.runner import Runner


class Worker:
    """A runner under test, and what it published."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.queue = QueueClient(settings)
        self.blobs = BlobStore.from_settings(settings)
        self.runner = Runner(settings, self.queue, self.blobs, preload=["tests.engine.stages"])
        self.runner.start()
        self.raw = redis.Redis.from_url(settings.redis, decode_responses=True)

    def shard(self, do: str, *, data: bytes = b"\x01\x02\x03", job: str = "aud_runner", **more: Any) -> Shard:
        limits = more.pop("limits", Limits(wall_seconds=60, memory_bytes=2**30, output_bytes=2**23))
        return Shard(
            job_id=job,
            shard_id=f"{job}.{do}.{time.time_ns()}",
            stage="attack",
            inputs={"x": self.blobs.put_bytes(data)},
            params={"do": do, **more},
            limits=limits,
        )

    def run(self, shard: Shard) -> WorkerEvent:
        self.runner.run(shard)
        return self.events(shard)[-1]

    def events(self, shard: Shard) -> list[WorkerEvent]:
        entries: Any = self.raw.xrange(EVENTS)
        found = [WorkerEvent.model_validate_json(fields["event"]) for _, fields in entries]
        return [event for event in found if event.shard_id == shard.shard_id]

    def pid_of_job(self) -> int:
        """Wait for the process of a `do_sleep` job."""
        for _ in range(600):
            for path in self.settings.cache_dir.glob("slots/*/job-*/scratch/pid"):
                if text := path.read_text():
                    return int(text)
            time.sleep(0.1)
        raise AssertionError("no job has started")


def slug(event: WorkerEvent) -> str:
    assert event.problem is not None
    return event.problem.slug
