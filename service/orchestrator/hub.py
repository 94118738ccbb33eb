"""Wakes those who wait for a job inside this process; across processes they look again now and then."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable


class Hub:
    """Waiters by key. A wake-up may be missed across processes, so every wait has a short timeout."""

    def __init__(self) -> None:
        self.rounds = 0  # how often anything was told: what was read before is old
        self._waiters: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        #: Whether this process stops: nobody is to wait any longer.
        self.closed = False

    def close(self) -> None:
        """Wake everybody, and let nobody wait again."""
        self.closed = True
        self.notify(list(self._waiters))

    def notify(self, keys: Iterable[str]) -> None:
        """Wake all who wait for any of the keys."""
        self.rounds += 1
        for key in keys:
            for event in self._waiters.get(key, ()):
                event.set()

    async def wait(self, key: str, timeout: float) -> None:
        """Return when the key is notified, at the latest after `timeout` seconds."""
        if self.closed:
            return
        event = asyncio.Event()
        self._waiters[key].add(event)
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            return
        finally:
            self._waiters[key].discard(event)
            if not self._waiters[key]:
                del self._waiters[key]
