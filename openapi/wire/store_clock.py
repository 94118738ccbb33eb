"""The clock that stamps what is stored, without asking for it each time."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from openapi.base import utc_now
from openapi.problems import TremorError

#: Written to see whether the store can be, and by which clock.
READY = "ready"

#: For so many seconds a look at the store's clock is good; in between, time is what the machine has lived through.
_GOOD_FOR = 3600.0


class StoreClock:
    """The time by the store's clock, whatever the process's own says; `write` writes what is named `READY`."""

    def __init__(self, store: ObjectStore, write: Callable[[], None]) -> None:
        self._store = store
        self._write = write
        self._seen: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The time by the store's clock; by our own where the store cannot tell, such as when it is full."""
        living = time.clock_gettime(time.CLOCK_BOOTTIME)
        if self._seen is None or living - self._seen[1] > _GOOD_FOR:
            try:
                self._write()
                self._seen = obstore.head(self._store, READY)["last_modified"], living
            except (TremorError, BaseError, OSError):
                return utc_now()
        stamped, then = self._seen
        return stamped + timedelta(seconds=living - then)
