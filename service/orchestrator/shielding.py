"""Work that is not torn apart when its loop is cancelled."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

#: A stop waits for work in hand for so long; a store that is away holds it up no longer.
_PATIENCE_SECONDS = 3.0


async def shielded(work: Awaitable[T]) -> T:
    """Await `work`; when cancelled meanwhile, let it end first.

    A task that is cancelled inside a transaction leaves a connection of the database that nobody closes, and its thread
    holds up the end of the process.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
        if not task.cancelled() and task.done():
            task.exception()  # taken note of: the next process does the work again
        raise
