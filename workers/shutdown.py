"""Signals of a worker's main process: the first one has the shard given back and drains, the second ends it hard."""

import os
import signal
import threading
from contextlib import suppress
from types import FrameType
from typing import Any

from celery import bootsteps
from celery.worker import state

#: After so long a drain that got stuck is ended hard; container runtimes wait 10 s before they do.
_LONGEST_SECONDS = 8.0


class Drain(bootsteps.StartStopStep):  # type: ignore[misc]
    """Replaces Celery's own signal handling, which waits for running tasks however long they take."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:
        """Install the handlers, once there is a pool."""
        asked = False

        def stop(number: int, frame: FrameType | None) -> None:
            nonlocal asked
            if asked:
                end_hard()
            asked = True
            state.should_stop = os.EX_OK
            for process in parent.pool._pool._pool:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGTERM)
            timer = threading.Timer(_LONGEST_SECONDS, end_hard)
            timer.daemon = True
            timer.start()

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, stop)


def end_hard() -> None:
    """End this process and, through the kernel, all that it has started."""
    os.kill(os.getpid(), signal.SIGKILL)
