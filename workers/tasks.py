"""The Celery side of a worker: one task, one slot, and the runner behind it.

Started by `tremor worker`. The pool's process starts the warm server as soon as it lives; a delivery that comes twice,
or after its job has ended, finds a result or a cancel flag and does nothing.
"""

import logging
import os
import signal
import socket
import time
from contextlib import suppress
from typing import Any

from celery.signals import celeryd_init, setup_logging, worker_process_init, worker_process_shutdown
from pydantic import ValidationError
from redis.exceptions import RedisError

from openapi.base import JsonObject
from openapi.wire.blobs import BlobStore
from openapi.wire.delivery import make_celery
from openapi.wire.jobs import TASK_NAME, Shard
from openapi.wire.logs import set_up_logs
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from openapi.wire.traces import end_traces, start_traces
from workers.runner import Runner
from workers.sandbox import kernel
from workers.shutdown import Drain

#: Before a process ends that could not begin; Celery starts the next one at once.
_PAUSE_SECONDS = 2.0

log = logging.getLogger(__name__)

settings = Settings()
app = make_celery(settings)
app.steps["worker"].add(Drain)
_runner: Runner | None = None


@celeryd_init.connect(weak=False)  # type: ignore[untyped-decorator]
@setup_logging.connect(weak=False)  # type: ignore[untyped-decorator]
def logs(**_: Any) -> None:
    """Log as the API does, not as Celery would; before its first warning too."""
    set_up_logs(settings)


@worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
def start(**_: Any) -> None:
    """Start the runner in a new pool process."""
    global _runner
    kernel.die_with_parent(os.getppid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    queue, name = QueueClient(settings), settings.worker_id or socket.gethostname()
    try:
        _runner = Runner(settings, queue, BlobStore.from_settings(settings))
    except OSError as error:
        reason = f"its folders in TREMOR_DATA_DIR cannot be written: {error.strerror or error}"
        log.error("this worker cannot begin: %s; trying again", reason)
        with suppress(OSError, RedisError):
            queue.refuse(name, reason)
        time.sleep(_PAUSE_SECONDS)
        os._exit(1)  # the pool starts another process
    with suppress(OSError, RedisError):
        queue.refuse(name, None)
    if start_traces("worker"):
        from opentelemetry.instrumentation.celery import CeleryInstrumentor

        CeleryInstrumentor().instrument()  # type: ignore[no-untyped-call]
    _runner.start()


@worker_process_shutdown.connect(weak=False)  # type: ignore[untyped-decorator]
def end(**_: Any) -> None:
    """End the runner with its pool process."""
    if _runner is not None:
        _runner.close()
    end_traces()


@app.task(name=TASK_NAME)  # type: ignore[untyped-decorator]
def run_shard(message: JsonObject) -> None:
    """Run one shard; see `workers.runner`."""
    runner = _runner
    assert runner is not None
    try:
        shard = Shard.model_validate(message)
    except ValidationError:
        log.exception("a message is no shard of this version; dropped")
        return
    # Without a shard in work SIGTERM ends this process, as the pool has it.
    before = signal.signal(signal.SIGTERM, lambda number, frame: runner.leaving.ask())
    try:
        runner.run(shard)
    finally:
        signal.signal(signal.SIGTERM, before)
