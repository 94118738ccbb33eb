"""A real API on loopback, a worker that speaks the protocol, and a cable between client and API that can be cut."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from openapi.client import Client as Api
from openapi.client.api.uploads import list_uploads
from openapi.client.models import PageUploadInfo, Problem
from openapi.client.types import Response
from openapi.wire.settings import Settings
from service.app import create_app
from service.cli.client import Client
from tests.service.conftest import Served, broker, settings
from tests.service.worker import ProtocolWorker

__all__ = ["broker", "settings"]


def begun(api: Api) -> Response[PageUploadInfo | Problem]:
    """Ask for the uploads of which nothing was made yet."""
    return list_uploads.sync_detailed(client=api)


class BusyWorker:
    """Does every shard that comes, until the test ends."""

    def __init__(self, settings: Settings) -> None:
        self._worker, self._end = ProtocolWorker(settings), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._end.is_set():
            with suppress(AssertionError):
                self._worker.do(self._worker.take(0.2))

    def __enter__(self) -> "BusyWorker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._worker.close()


class Cable:
    """A TCP relay that can lose connections; `requests` holds the first lines of what went through it."""

    def __init__(self, upstream: str) -> None:
        host, port = upstream.removeprefix("http://").split(":")
        self._upstream = (host, int(port))
        self._server = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._cuts: list[tuple[bytes, int, int]] = []
        self.requests: list[bytes] = []
        self._held: bytes | None = None
        self.holding, self.released = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._start(self._accept)

    def cut(self, needle: bytes, sent: int = 1 << 40, received: int = 1 << 40) -> None:
        """Let only so many bytes through, each way, of the next request that holds `needle`; then close."""
        self._cuts.append((needle, sent, received))

    def hold(self, needle: bytes) -> None:
        """Keep back the answer to the next request that holds `needle`, until `released` is set."""
        self._held = needle

    def close(self) -> None:
        self.released.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(self._upstream)
                room = [1 << 40, 1 << 40]
                self._start(self._pump, near, far, room, 0)
                self._start(self._pump, far, near, room, 1)

    def _pump(self, source: socket.socket, target: socket.socket, room: list[int], way: int) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if way == 0:
                    self._look(data, room)
                elif self.holding.is_set():
                    self.released.wait()
                allowed = data[: room[way]]
                room[way] -= len(data)  # before it is sent: the next request may change the room at once
                left = room[way]
                target.sendall(allowed)
                if left <= 0:
                    break
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            if way == 1:
                end.close()

    def _look(self, data: bytes, room: list[int]) -> None:
        head = data.partition(b"\r\n")[0]
        if head.endswith(b" HTTP/1.1"):
            self.requests.append(head)
        if self._held is not None and self._held in data:
            self._held = None
            self.holding.set()
        for cut in self._cuts:
            if cut[0] in data:
                self._cuts.remove(cut)
                room[:] = cut[1:]
                return


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    """The address of an API with a worker."""
    with BusyWorker(settings), Served(create_app(settings)) as served:
        yield served


@pytest.fixture
def cable(url: str) -> Iterator[Cable]:
    found = Cable(url)
    yield found
    found.close()


@pytest.fixture
def client(cable: Cable) -> Iterator[Client]:
    found = Client(cable.url, patience=30)
    yield found
    found.close()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"a model " * 100_000)
    return path
