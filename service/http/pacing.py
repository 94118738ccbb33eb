"""Many uploads at once leave room for everybody else: only a few of them go on in each turn of the event loop.

A server reads up to 256 kB of each connection in one turn; with fifty uploads that are as fast as it is, a turn takes
tens of milliseconds, and an answer to anybody else takes several turns. Whoever waits here is not read from, so that
its client waits too; a client that is slower than the server never waits.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from weakref import WeakKeyDictionary

#: Uploads that go on in one turn of the event loop.
AT_ONCE = 2


class Turns:
    """Lets up to `at_once` of those who ask go on in each turn of the event loop, in the order in which they came."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._running = False

    async def take(self) -> None:
        """Wait for a turn."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        if not self._running:
            self._running = True
            loop.call_soon(self._next, loop)
        await turn

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        given = 0
        while self._waiting and given < self._at_once:
            turn = self._waiting.popleft()
            if not turn.done():  # a cancelled one wants none
                turn.set_result(None)
                given += 1
        self._running = bool(self._waiting)
        if self._running:
            loop.call_soon(self._next, loop)


_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


async def paced(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks of an upload, each asked for when it is its turn among those of this event loop."""
    turns = _TURNS.setdefault(asyncio.get_running_loop(), Turns())
    while True:
        await turns.take()
        try:
            chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        yield chunk
