"""An S3 server in a process of its own, and a relay before it that can be full, slow or silent."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

import boto3

from tests.service.worker import until

BUCKET = "tremor"
KEY, SECRET = "chaos", "chaos-secret"

Mood = Literal["well", "full", "slow", "silent"]
T = TypeVar("T")

_ERROR = b"<Error><Code>XMinioStorageFull</Code></Error>"
_HEAD = f"HTTP/1.1 507 Insufficient Storage\r\nConnection: close\r\nContent-Length: {len(_ERROR)}\r\n\r\n"
_FULL = _HEAD.encode() + _ERROR
_CHUNK, _SLOW_SECONDS = 65_536, 0.1


class Relay:
    """Passes HTTP on, one request a connection; `mood` may change at any moment."""

    def __init__(self, target: int) -> None:
        self.mood: Mood = "well"
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._passing: set[asyncio.Task[Any]] = set()
        self._server = self._do(asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=128))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """End it, and what it passes on."""
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _end(self) -> None:
        self._server.close()
        for task in list(self._passing):
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._pass(reader, writer)
        finally:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await self._awake()
        if self.mood == "full" and head.startswith((b"PUT", b"POST")):
            writer.write(_FULL)
            await writer.drain()
            return
        answers, requests = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            # One request a connection: the next one meets the mood of its own moment.
            requests.write(head[:-2] + b"Connection: close\r\n\r\n")
            there = asyncio.create_task(self._pump(reader, requests))
            try:
                await self._pump(answers, writer)
            finally:
                there.cancel()
                await asyncio.gather(there, return_exceptions=True)
        finally:
            requests.close()

    async def _awake(self) -> None:
        while self.mood == "silent":
            await asyncio.sleep(0.05)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(_CHUNK):
                await self._awake()
                if self.mood == "slow":
                    await asyncio.sleep(_SLOW_SECONDS)
                sink.write(data)
                await sink.drain()


@contextmanager
def store(log: Path) -> Iterator[Relay]:
    """A running S3 server with a bucket, seen through a relay."""
    with log.open("wb") as output:
        program = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        server = subprocess.Popen(program, stdout=output, stderr=output)
    try:
        line = until(lambda: next((s for s in log.read_text().splitlines() if "Running on http" in s), None))
        port = int(line.rpartition(":")[2])
        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **keys)
        client.create_bucket(Bucket=BUCKET)
        client.close()
        relay = Relay(port)
        try:
            yield relay
        finally:
            relay.close()
    finally:
        server.kill()
        server.wait()
