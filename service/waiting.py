"""`?wait=SECONDS`: answer when the thing has ended, or when the time is over."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from service.context import Services

T = TypeVar("T")

_LOOK_AGAIN = 1.0  # another process may have made the change, and cannot wake us


async def wait_until(
    services: Services, key: str, seconds: float, load: Callable[[], Awaitable[T]], ended: Callable[[T], bool]
) -> T:
    """Load `key`'s thing again and again until `ended`, at most for `seconds` (capped by the settings)."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + min(seconds, services.settings.max_wait_seconds)
    found = await load()
    while not ended(found) and not services.hub.closed and (left := deadline - clock()) > 0:
        await services.hub.wait(key, min(left, _LOOK_AGAIN))
        found = await load()
    return found
