"""Signs of life: the worker's heartbeat, and the progress of the shard it runs, from one background thread."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Literal

from redis.exceptions import RedisError

from openapi.problems import Problem, TremorError
from openapi.wire.disks import shortage
from openapi.wire.jobs import Blob, Environment, GpuMemory, OutputFile, Shard, ShardResult, WorkerEvent
from openapi.wire.queue import QueueClient, WorkerInfo
from openapi.wire.settings import Settings
from workers.sandbox.messages import ChildProgress
from workers.sandbox.terminations import GivenBack

log = logging.getLogger(__name__)

EventType = Literal["started", "progress", "succeeded", "failed", "cancelled", "returned", "deferred"]
#: Progress is told at once when the last telling is so long ago (seconds).
_LIVELY_SECONDS = 0.5
#: Tries to find out what this worker can do, when something kills the probe.
_PROBES = 3


class Presence:
    """Tells the service that this worker lives and how far it is."""

    def __init__(self, settings: Settings, queue: QueueClient, threads: int) -> None:
        self._settings = settings
        self._queue = queue
        self._threads = threads
        self.worker_id = settings.worker_id or f"{socket.gethostname()}-{os.getpid()}"
        self._environment: Environment | None = None
        #: Of the GPU while no job is in work, as the probe found it.
        self.gpu_memory: GpuMemory | None = None
        self._shard: Shard | None = None
        self._progress: ChildProgress | None = None
        self._checkpoint: Blob | None = None
        self._told = 0.0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._threads_of_mine: list[threading.Thread] = []

    def start(self, probe: Callable[[], Environment]) -> None:
        """Begin; the worker is announced once `probe` has said what it can do."""
        for name, work in (("presence", self._run), ("probe", partial(self._ask, probe))):
            thread = threading.Thread(target=work, name=name, daemon=True)
            self._threads_of_mine.append(thread)
            thread.start()

    def close(self) -> None:
        """Say goodbye."""
        self._ended.set()
        self._wake.set()
        for thread in self._threads_of_mine:
            thread.join(2)
        with suppress(RedisError, OSError):
            self._queue.goodbye(self.worker_id)

    @property
    def environment(self) -> Environment | None:
        """What the probe found; None until it has."""
        return self._environment

    @property
    def shard(self) -> Shard | None:
        """The shard in work."""
        return self._shard

    @contextmanager
    def working(self, shard: Shard) -> Iterator[Callable[[ChildProgress], None]]:
        """Tell of `shard` while the block runs; yields the function that takes its progress."""
        with self._lock:
            self._shard, self._progress, self._checkpoint = shard, None, None
        self._tell("started")
        try:
            yield self._on_progress
        finally:
            with self._lock:
                self._shard = None
            self._wake.set()

    def event(
        self,
        shard: Shard,
        kind: EventType,
        *,
        result: ShardResult | None = None,
        problem: Problem | None = None,
        files: dict[str, OutputFile] | None = None,
        found: bool = False,
    ) -> WorkerEvent:
        """An event about `shard` from this worker; `found`: its result was there already."""
        last = self._progress
        return WorkerEvent(
            type=kind,
            job_id=shard.job_id,
            shard_id=shard.shard_id,
            attempt=shard.attempt,
            worker=self.worker_id,
            phase=None if last is None else last.phase,
            done=None if last is None else last.done,
            total=None if last is None else last.total,
            unit=None if last is None else last.unit,
            result=result,
            problem=problem,
            checkpoint=self._checkpoint if kind in ("progress", "returned") else None,
            told=last.told if last is not None and kind in ("progress", "cancelled", "failed") else None,
            files=files or {},
            found=found,
            at=time.time(),
        )

    def keep(self, checkpoint: Blob) -> None:
        """The shard in work can go on from here: told at once, and with every word until there is a newer one."""
        with self._lock:
            self._checkpoint = checkpoint
        self._tell("progress")

    def _on_progress(self, progress: ChildProgress) -> None:
        with self._lock:
            self._progress = progress
        if time.monotonic() - self._told > _LIVELY_SECONDS:
            self._wake.set()

    def _tell(self, kind: EventType) -> None:
        with self._lock:
            if self._shard is None:
                return
            self._told = time.monotonic()
            with suppress(RedisError, OSError):
                self._queue.publish(self.event(self._shard, kind))

    def _ask(self, probe: Callable[[], Environment]) -> None:
        self._environment = self._answer(probe)
        self._wake.set()
        # A warm server that had to be started again lives as long as the thread that started it.
        self._ended.wait()

    def _answer(self, probe: Callable[[], Environment]) -> Environment | None:
        """What the probe finds; None when this worker cannot run jobs.

        Without an answer there is no heartbeat: for the service there is no such worker. Jobs that it takes all the
        same fail with the reason.
        """
        for _ in range(_PROBES):
            if self._ended.is_set():
                break
            try:
                return probe()
            except GivenBack:
                break
            except TremorError as error:
                log.error("this worker cannot run jobs: %s", error)
                break
            except Exception:
                log.exception("the probe of this worker was disturbed")
                self._ended.wait(1.0)
        return None

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wake.clear()
            self._heartbeat()
            if time.monotonic() - self._told > min(_LIVELY_SECONDS, self._settings.heartbeat_seconds / 2):
                self._tell("progress")
            self._wake.wait(self._settings.heartbeat_seconds)

    def _heartbeat(self) -> None:
        known, shard, last = self._environment, self._shard, self._progress
        if known is None:
            return
        told = None if shard is None or last is None else last.gpu_memory
        own = {
            "id": self.worker_id,
            "trouble": self._trouble(),
            "threads": self._threads,
            "slots": 1,
            "shard_id": None if shard is None else shard.shard_id,
            "gpu_memory": told or self.gpu_memory,
            "at": time.time(),
        }
        info = WorkerInfo.model_validate({**dict(known), **own})
        with suppress(RedisError, OSError):
            self._queue.heartbeat(info)

    def _trouble(self) -> str | None:
        reason = shortage(self._settings.cache_dir, self._settings.min_free_bytes)
        return None if reason is None else f"the disk of its inputs and scratch folders: {reason}"
