"""Runs one shard from order to report: inputs in, confined child, outputs out, events all the while."""

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from obstore.exceptions import BaseError
from redis.exceptions import RedisError

from openapi.places import hide
from openapi.problems import (
    DatasetMalformed,
    InsufficientStorage,
    JobFailed,
    ModelUnsafe,
    Problem,
    TremorError,
    Unavailable,
)
from openapi.wire.blobs import BlobStore
from openapi.wire.folders import OwnFolder
from openapi.wire.jobs import Environment, OutputFile, Shard, ShardResult, WorkerEvent
from openapi.wire.logs import regarding
from openapi.wire.private import private_folder
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from openapi.wire.storage import writing
from openapi.wire.traces import attributes_of, describe, span, trace_id
from workers.cache import InputCache
from workers.disk import check_space, explained
from workers.forgetting import Forgetting
from workers.jobs.registry import RESUMABLE, STAGES
from workers.leaving import Leaving
from workers.moments import Moments
from workers.outputs import set_aside, shown, stored
from workers.presence import Presence
from workers.refusals import whole
from workers.sandbox.kills import Kills, counters, kernel_kills
from workers.sandbox.messages import ChildOutcome, ChildProgress, Request
from workers.sandbox.probe import wanted_layers
from workers.sandbox.terminations import Cancelled, ChildKilled, Failed, GivenBack, ServerLost
from workers.sandbox.warm import WarmServer, Watch

log = logging.getLogger(__name__)

_CANCEL_POLL_SECONDS = 0.5
#: Problems that pass: the shard is tried again later.
_WAITING = (InsufficientStorage.slug, Unavailable.slug)
_PUBLISH_SECONDS = 60.0


class Runner:
    """A worker's one slot: `run` takes a shard and returns when it is reported."""

    def __init__(self, settings: Settings, queue: QueueClient, blobs: BlobStore, preload: Sequence[str] = ()) -> None:
        self._settings = settings
        self._queue = queue
        self._blobs = blobs
        self._threads = settings.threads or max(1, len(os.sched_getaffinity(0)) // settings.worker_slots)
        self._cache = InputCache(blobs, settings.cache_dir / "inputs", settings.cache_bytes)
        self._forgetting = Forgetting(queue, blobs, self._cache)
        slots = settings.cache_dir / "slots"
        private_folder(slots)
        self._slot = OwnFolder("slot-", slots)
        self._home = self._slot.path
        hide(settings.cache_dir)
        self._counters = counters()
        library_cache = settings.cache_dir / "libraries"
        private_folder(library_cache)
        self._server = WarmServer(self._threads, library_cache, preload)
        self.presence = Presence(settings, queue, self._threads)
        self.leaving = Leaving()

    def start(self) -> None:
        """Start the warm server, and tell of this worker once it is known what it can do. Returns at once.

        Call it in the process's main thread.
        """
        self._server.start()
        self.presence.start(self._probe)
        self._forgetting.start()
        self.leaving.watch(self._give_back)

    def close(self) -> None:
        """End everything this worker has started."""
        self.leaving.close()
        self._forgetting.close()
        self.presence.close()
        self._server.close()
        self._slot.close()

    def run(self, shard: Shard) -> None:
        """Run a shard, and publish what became of it. Never raises for what the job did."""
        self.leaving.begin()
        try:
            describe(attributes={f"tremor.{name}": value for name, value in attributes_of(shard).items()})
            more = {"tenant": shard.owner, "trace": trace_id()}
            with regarding(
                job=shard.job_id, shard=shard.shard_id, **{key: value for key, value in more.items() if value}
            ):
                self._run(shard)
        finally:
            self.leaving.end()

    def _run(self, shard: Shard) -> None:
        if self._queue.is_outdated(shard):
            log.info("shard %s: attempt %d is outdated", shard.shard_id, shard.attempt)
            return
        with self.presence.working(shard) as report:
            try:
                if self._queue.is_cancelled(shard.job_id, shard.shard_id):
                    raise Cancelled
                known = self._blobs.get_result(shard.result_key)
                result = known or self._compute(shard, report)
                if known is None:
                    self._blobs.put_result(shard.result_key, result)
                event = self.presence.event(shard, "succeeded", result=result, found=known is not None)
            except Cancelled as cancelled:
                event = self.presence.event(shard, "cancelled", files=cancelled.files)
            except GivenBack:
                event = self.presence.event(shard, "returned")
            except Exception as error:
                event = self._ended_badly(shard, error)
        self._publish(event)

    def _ended_badly(self, shard: Shard, error: Exception) -> WorkerEvent:
        files: dict[str, OutputFile] = {}
        if isinstance(error, Failed):
            files, error = error.files, error.why
        if isinstance(error, BaseError):
            error = Unavailable(f"The blob store does not answer: {whole(error)}"[:1000])
        if isinstance(error, TremorError) and error.problem().slug in _WAITING:
            log.warning("shard %s must wait: %s", shard.shard_id, error)
            return self.presence.event(shard, "deferred", problem=error.problem())
        if isinstance(error, TremorError):
            log.warning("shard %s failed: %s", shard.shard_id, error)
            return self.presence.event(shard, "failed", problem=error.problem(), files=files)
        log.error("shard %s failed", shard.shard_id, exc_info=error)
        detail = f"The worker could not run the {shard.stage} job: {type(error).__name__}: {error}"
        return self.presence.event(shard, "failed", problem=JobFailed(detail).problem())

    def _compute(self, shard: Shard, report: Callable[[ChildProgress], None]) -> ShardResult:
        least = self._settings.min_free_bytes
        check_space(self._home, least, self._cache)
        with writing("The worker's disk"), _job_folder(self._home) as folder:
            (folder / "inputs").mkdir()
            inputs = {name: folder / "inputs" / f"{number:05d}" for number, name in enumerate(shard.inputs)}
            for name, path in inputs.items():
                self.leaving.check()
                self._cache.link(shard.inputs[name], path)
            request = Request(
                stage=shard.stage,
                module=STAGES[shard.stage],
                inputs=inputs,
                params=shard.params,
                execution=shard.execution,
                folder=folder,
                limits=shard.limits,
                device=self._settings.device,
                gradients=self._settings.gradients,
                cuda_graphs=self._settings.cuda_graphs,
                threads=self._threads,
                layers=wanted_layers(self._settings),
                required=self._settings.sandbox == "required",
                keep_seconds=self._settings.keep_seconds,
            )
            try:
                outcome = self._attempted(shard, request, report)
                if outcome.problem is not None:
                    raise _Reported(outcome.problem)
            except Cancelled as cancelled:
                cancelled.files = shown(self._blobs, request)
                raise
            except TremorError as error:
                raise Failed(explained(error, request, least), shown(self._blobs, request)) from error
            files = {key: stored(self._blobs, request, file) for key, file in outcome.files.items()}
            ran_on = outcome.environment or Environment()
            return ShardResult(value=outcome.value or {}, files=files, seconds=outcome.seconds, environment=ran_on)

    def _attempted(self, shard: Shard, request: Request, report: Callable[[ChildProgress], None]) -> ChildOutcome:
        stop = self._reason_to_stop(shard)
        if shard.stage not in RESUMABLE:
            return self._confined(request, Watch(stop, report))
        most = shard.limits.output_bytes
        with Moments(
            self._blobs, shard.checkpoint, request.scratch, request.folder, most, self.presence.keep
        ) as moments:
            return self._confined(request, Watch(stop, report, moments.kept), moments.inputs)

    def _confined(self, request: Request, watch: Watch, more: Callable[[], dict[str, Path]] = dict) -> ChildOutcome:
        """Run the child; start again when it was killed from outside, for a shard gives the same result each time.

        more: inputs that each attempt finds anew.
        """
        kills = Kills(request, partial(kernel_kills, self._counters))
        while True:
            kills.begin()
            try:
                with span(f"child {request.stage}", attempt=kills.attempt):
                    return self._server.run(request.model_copy(update={"inputs": {**request.inputs, **more()}}), watch)
            except JobFailed as error:
                raise _blamed(error, request) from error
            except (ChildKilled, ServerLost) as error:
                self.leaving.check()  # whoever ends all processes of a machine ends the job's too
                pause = kills.ended(error)
            set_aside(request)
            shutil.rmtree(request.scratch, ignore_errors=True)
            watch.wait(pause)
            if self._server.pid is None:
                self._server.start()

    def _reason_to_stop(self, shard: Shard) -> Callable[[], Exception | None]:
        """Why to stop; asks the broker twice a second whether the job is cancelled, and goes on when it is away."""
        last, cancelled = 0.0, False

        def check() -> Exception | None:
            nonlocal last, cancelled
            now = time.monotonic()
            if not cancelled and now - last > _CANCEL_POLL_SECONDS:
                last = now
                with suppress(OSError, RedisError):
                    cancelled = self._queue.is_cancelled(shard.job_id, shard.shard_id)
            return Cancelled() if cancelled else self.leaving.why_stop()

        return check

    def _give_back(self) -> None:
        """Give the shard back that this worker still holds when it must go."""
        shard = self.presence.shard
        if shard is not None:
            with suppress(OSError, RedisError):
                self._queue.publish(self.presence.event(shard, "returned"))

    def _publish(self, event: WorkerEvent) -> None:
        """Publish the last event; patient, since the shard's work hangs on it."""
        deadline = time.monotonic() + _PUBLISH_SECONDS
        while True:
            try:
                return self._queue.publish(event)
            except (OSError, RedisError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(1.0)

    def _probe(self) -> Environment:
        """Device, versions and sandbox as a job would find them."""
        with _job_folder(self._home) as folder:
            request = Request(
                stage="probe",
                folder=folder,
                device=self._settings.device,
                threads=self._threads,
                layers=wanted_layers(self._settings),
                required=self._settings.sandbox == "required",
            )
            outcome = self._server.run(request, Watch(self.leaving.why_stop))
        if outcome.problem is not None:
            raise _Reported(outcome.problem)
        if outcome.environment is None:
            raise JobFailed("the probe's child did not say what it runs on")
        self.presence.gpu_memory = outcome.gpu_memory
        return outcome.environment


class _Reported(TremorError):
    """A problem that the child reported."""

    def __init__(self, reported: Problem) -> None:
        super().__init__(reported.detail or reported.title)
        self._reported = reported

    def problem(self) -> Problem:
        return self._reported


def _blamed(error: JobFailed, request: Request) -> TremorError:
    """What a crash means: of an inspection it is the file's fault, for nothing else went into that process."""
    refusal = {"inspect_model": ModelUnsafe, "inspect_dataset": DatasetMalformed}.get(request.stage)
    if refusal is None or "signal" not in error.extra:
        return error
    return refusal(
        f"reading the file crashed the confined process that did it ({error.extra['signal']}): it is damaged, or made "
        "to do so; export it again",
        **error.extra,
    )


@contextmanager
def _job_folder(home: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="job-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
