"""The events of a job as they happen, for as long as it runs."""

import asyncio
from collections.abc import AsyncIterator

from service.context import Services
from service.jobs.events import PING

_PING_SECONDS = 15.0


async def stream(services: Services, job_id: str, seq: int) -> AsyncIterator[bytes]:
    """Server-Sent Events of a job after the one numbered `seq`, until its end."""
    clock = asyncio.get_running_loop().time
    spoken = clock()
    yield b"retry: 2000\n\n"
    while True:
        news = await services.feeds.news(job_id, seq)
        seq = news.seq
        if news.frames:
            yield news.frames
            spoken = clock()
        if news.ended or (services.hub.closed and not news.frames):
            return
        if clock() - spoken >= _PING_SECONDS:
            spoken = clock()
            yield PING
        if not news.frames:
            await services.hub.wait(job_id, 1.0)
