"""How a worker leaves that was asked to: it gives its shard back at once, so that another may take it."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

from workers.sandbox.terminations import GivenBack

#: A shard that is being stored may be finished in so long; then it is given back as it is.
_GRACE_SECONDS = 3.0
#: Celery's main process ends this one when it is idle. When nobody does (a signal that only this process got), it goes.
_LAST_SECONDS = 2.0


class Leaving:
    """Whether this worker was asked to leave, and the thread that sees to it that it does."""

    def __init__(self) -> None:
        self.asked = False
        self._idle = threading.Event()
        self._idle.set()
        self._wake, self._waker = os.pipe()

    def ask(self) -> None:
        """Begin to leave. For signal handlers: it takes no lock."""
        if not self.asked:
            self.asked = True
            with suppress(OSError):
                os.write(self._waker, b"!")

    def why_stop(self) -> GivenBack | None:
        """What ends the work, once this worker leaves."""
        return GivenBack() if self.asked else None

    def check(self) -> None:
        """Raise `GivenBack` once this worker leaves."""
        if self.asked:
            raise GivenBack

    def begin(self) -> None:
        """Work begins. A worker that leaves takes none: the process ends here."""
        if self.asked:
            threading.Event().wait()
        self._idle.clear()

    def end(self) -> None:
        """Work has ended, and is reported."""
        self._idle.set()

    def watch(self, give_back: Callable[[], None]) -> None:
        """Wait in a thread for `ask`; call `give_back` when the work does not end by itself, and end the process."""
        threading.Thread(target=self._run, args=(give_back,), name="leaving", daemon=True).start()

    def _run(self, give_back: Callable[[], None]) -> None:
        with suppress(OSError):
            if os.read(self._wake, 1) != b"!":
                return
            if not self._idle.wait(_GRACE_SECONDS):
                give_back()
            else:
                threading.Event().wait(_LAST_SECONDS)
            os._exit(0)

    def close(self) -> None:
        """Stop what still runs, and let the thread go."""
        self.asked = True
        os.close(self._waker)
