"""An API that is told to stop while everything is open: it ends soon, and its log holds no litter."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from openapi.wire.jobs import Shard
from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.service.conftest import audit, flush, make_settings, ready, upload
from tests.service.worker import ProtocolWorker, until

UPLOAD = (
    b"POST /v1/models HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=B\r\n"
    b"Content-Length: 2000000\r\n\r\n"
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
)
JSON = b"POST /v1/audits HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"


@contextmanager
def process(settings: Settings, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A `tremor api` of these settings on a free port."""
    environment = {
        **os.environ,
        "TREMOR_DATA_DIR": str(settings.data_dir),
        "TREMOR_REDIS_URL": settings.redis,
    }
    with socket.create_server(("127.0.0.1", 0)) as bound, log.open("wb") as output:
        program = [sys.executable, "-P", "-m", "service.cli.main", "api", "--fd", str(bound.fileno())]
        api = subprocess.Popen(program, env=environment, stdout=output, stderr=output, pass_fds=[bound.fileno()])
        port = bound.getsockname()[1]
    try:
        yield api, port
    finally:
        api.kill()
        api.wait()


def get(path: str, *more: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *more, "", ""]).encode()


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Settings:
    found = make_settings(broker, tmp_path / "data")
    flush(found)
    return found


def requests(audit: str, model: str) -> list[bytes]:
    """What may be open when a service stops: waits, streams, uploads and bodies in the middle, half a request, none."""
    return [
        get(f"/v1/audits/{audit}/events", "Accept: text/event-stream"),
        get(f"/v1/audits/{audit}?wait=60"),
        get(f"/v1/models/{model}?wait=60"),
        get(f"/v1/models/{model}/content"),
        get("/health/ready"),
        UPLOAD,
        UPLOAD + b"x" * 1_500_000,
        JSON,
        b"GET / HTTP/1.1\r\nHo",
        b"",
    ]


def test_a_stop_with_everything_open_leaves_no_litter_in_the_log(settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    worker = ProtocolWorker(settings)
    with process(settings, log) as (running, port), ExitStack() as stack:
        api = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120))
        until(lambda: "startup complete" in log.read_text() or running.poll())
        identity = audit(api, *ready(api, worker))
        model = upload(api, "models", os.urandom(2_900_000))
        shard = worker.take()
        while shard.job_id != identity:
            shard = worker.take()
        worker.tell(shard, "started")
        worker.tell(shard, "returned")
        given_back = until(lambda: [x for x in log.read_text().splitlines() if "was given back" in x])
        assert f": [{identity}] [{shard.shard_id}] " in given_back[0], "lines of the orchestrator carry ids as well"
        shard = worker.take()
        asked = requests(identity, model)
        opened: dict[bytes, socket.socket] = {}
        for request in asked * 6:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request)
            opened[request] = connection
        stop = threading.Event()
        busy = threading.Thread(target=_tell, args=(worker, shard, stop))
        busy.start()
        try:
            until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
            running.send_signal(signal.SIGTERM)
            assert running.wait(120) == 0
        finally:
            stop.set()
            busy.join()
            worker.close()
        stream, upload_half, body_half = (_all_of(opened[request]) for request in (asked[0], UPLOAD, JSON))
        assert stream.endswith(b"0\r\n\r\n"), "an event stream ends, and is not torn off"
        for answer in (upload_half, body_half):
            assert b" 503 " in answer.partition(b"\r\n")[0]
            assert b"The service stops" in answer
    text = log.read_text()
    for litter in ("Task was destroyed", "Traceback", "never retrieved", "never awaited", "ERROR"):
        assert litter not in text, text


def _all_of(connection: socket.socket) -> bytes:
    found = b""
    while data := connection.recv(65_536):
        found += data
    return found


def _tell(worker: ProtocolWorker, shard: Shard, stop: threading.Event) -> None:
    """Keep the orchestrator busy."""
    worker.tell(shard, "started")
    done = 0
    while not stop.wait(0.02):
        done += 1
        worker.tell(shard, "progress", done=done, total=1_000_000, unit="steps")
