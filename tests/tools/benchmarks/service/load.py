"""Load on one address: requests at a fixed rate, and watchers of a stream. Plain sockets: clients must be cheap."""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

_CONNECTIONS = 32


@dataclass(frozen=True)
class Latencies:
    """Seconds from when each request was due to the end of its answer; `errors` counts statuses other than 200."""

    seconds: list[float]
    errors: int

    def quantile(self, share: float) -> float:
        """The latency that `share` of the requests did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _request(url: str, accept: str) -> tuple[str, int, bytes]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    head = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: {accept}\r\n\r\n"
    return parts.hostname, parts.port, head.encode()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(int(line[16:]) for line in lines if line.lower().startswith(b"content-length: "))
    await reader.readexactly(length)
    return int(lines[0].split()[1])


async def requests(url: str, rate: float, seconds: float) -> Latencies:
    """GET `url` `rate` times a second, each when it is due and not when the one before was answered."""
    host, port, message = _request(url, "application/json")
    due: asyncio.Queue[float | None] = asyncio.Queue()
    found, errors = list[float](), 0

    async def connection() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection(host, port)
        while (moment := await due.get()) is not None:
            writer.write(message)
            status = await _answer(reader)
            found.append(time.perf_counter() - moment)
            errors += status != 200
        writer.close()

    tasks = [asyncio.create_task(connection()) for _ in range(_CONNECTIONS)]
    await asyncio.sleep(0.5)
    begin = time.perf_counter()
    for number in range(int(rate * seconds)):
        moment = begin + number / rate
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        due.put_nowait(moment)
    for _ in tasks:
        due.put_nowait(None)
    await asyncio.gather(*tasks)
    return Latencies(found, errors)


class Watchers:
    """`count` clients of one Server-Sent Events stream; `events` counts what they were told, all together."""

    def __init__(self, url: str, count: int) -> None:
        self._url, self._count = url, count
        self._tasks: list[asyncio.Task[None]] = []
        self.events = 0

    async def _watch(self) -> None:
        host, port, message = _request(self._url, "text/event-stream")
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(message)
        try:
            while data := await reader.read(65_536):
                self.events += data.count(b"\nevent: ")
        finally:
            writer.close()

    async def __aenter__(self) -> "Watchers":
        for number in range(self._count):
            self._tasks.append(asyncio.create_task(self._watch()))
            if number % 20 == 19:
                await asyncio.sleep(0.1)
        await asyncio.sleep(3)
        self.events = 0
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
