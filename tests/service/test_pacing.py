"""Uploads take turns: however many there are, a few go on in each turn of the event loop."""

import asyncio
from collections.abc import AsyncIterator

from service.http.pacing import AT_ONCE, Turns, paced


async def _endless() -> AsyncIterator[bytes]:
    """A client that is as fast as the server: there is always something to read."""
    while True:
        yield b"x"


async def test_few_uploads_go_on_in_each_turn_of_the_event_loop() -> None:
    read = [0] * 50

    async def upload(number: int) -> None:
        async for _ in paced(_endless()):
            read[number] += 1

    uploads = [asyncio.create_task(upload(number)) for number in range(len(read))]
    last = 0
    for _ in range(1000):  # somebody else's answer, which takes several turns
        await asyncio.sleep(0)
        assert sum(read) - last <= AT_ONCE
        last = sum(read)
    assert last > 500, "the uploads go on meanwhile"
    assert max(read) - min(read) <= 1, "and none goes before another"
    for task in uploads:
        task.cancel()
    await asyncio.gather(*uploads, return_exceptions=True)


async def test_who_has_gone_holds_up_nobody() -> None:
    turns = Turns(1)
    gone = [asyncio.create_task(turns.take()) for _ in range(5)]
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    await asyncio.wait_for(turns.take(), 60)
    await asyncio.gather(*gone, return_exceptions=True)
    await asyncio.wait_for(turns.take(), 60)


async def test_a_body_that_ends_ends_its_turns() -> None:
    async def short() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    assert [chunk async for chunk in paced(short())] == [b"a", b"b"]
