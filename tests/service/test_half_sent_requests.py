"""Half-sent requests, over plain sockets: each is answered or cut off, and the others notice nothing."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.service.conftest import flush, make_settings, running
from tests.service.worker import until

UPLOAD = (
    b"POST /v1/models HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=B\r\n"
    b"Content-Length: 2000000\r\n\r\n"
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
)


@pytest.fixture(scope="module")
def impatient(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = make_settings(broker, tmp_path_factory.mktemp("impatient"), head_seconds=2.0, stall_seconds=4.0)
    flush(found)
    return found


@pytest.fixture(scope="module")
def served(impatient: Settings) -> Iterator[httpx.Client]:
    with running(impatient) as client:
        yield client


def connect(api: httpx.Client) -> socket.socket:
    return socket.create_connection((api.base_url.host, api.base_url.port or 80), timeout=60)


def everything(connection: socket.socket) -> bytes:
    """All that comes until the other side closes; a connection that stays open fails the test."""
    found = b""
    while data := connection.recv(65_536):
        found += data
    return found


def slug(answer: bytes) -> tuple[int, str]:
    """Status and last part of the problem's type."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    return int(head.split()[1]), json.loads(body)["type"].rpartition("/")[2]


@pytest.mark.parametrize("sent", [b"GET", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "], ids=["line", "headers"])
def test_half_a_head_is_answered_408(served: httpx.Client, sent: bytes) -> None:
    with connect(served) as connection:
        connection.sendall(sent)
        assert slug(everything(connection)) == (408, "request-timeout")


def test_headers_that_trickle_are_late_all_the_same(served: httpx.Client) -> None:
    with connect(served) as connection:
        connection.settimeout(0.1)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        answer = b""
        for _ in range(600):
            try:
                connection.sendall(b"a")
                answer += connection.recv(65_536)
            except TimeoutError:
                continue
            except OSError:
                break
            break
        connection.settimeout(60)
        with suppress(OSError):
            answer += everything(connection)  # the head and the body may come apart
        assert slug(answer) == (408, "request-timeout")


def test_a_connection_without_a_byte_is_closed(served: httpx.Client) -> None:
    with connect(served) as connection:
        assert everything(connection) == b""


def answered(connection: socket.socket) -> bytes:
    """One answer whole: its head and its body may come apart."""
    data = b""
    while b'"live"' not in data:
        piece = connection.recv(65_536)
        assert piece, data
        data += piece
    return data


def test_the_second_request_of_a_connection_is_looked_at_as_well(served: httpx.Client) -> None:
    with connect(served) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in answered(connection)
        time.sleep(2.5)  # between requests it may rest for longer than over a head
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in answered(connection)
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHo")
        assert slug(everything(connection)) == (408, "request-timeout")


@pytest.mark.parametrize("trickle", [b"", b"x"], ids=["silent", "trickling"])
def test_a_stalled_upload_is_cut_off_and_leaves_nothing(
    served: httpx.Client, impatient: Settings, trickle: bytes
) -> None:
    with connect(served) as connection:
        connection.settimeout(0.3)
        connection.sendall(UPLOAD + b"x" * 500_000)
        answer = b""
        for _ in range(200):
            try:
                if trickle:
                    connection.sendall(trickle)
                if not (data := connection.recv(65_536)):
                    break
                answer += data
            except TimeoutError:
                continue
            except OSError:
                break
        assert slug(answer) == (408, "request-timeout")
    spool = Path(impatient.data_dir) / "blobs" / "spool"
    until(lambda: not list(spool.iterdir()))


def test_a_json_body_that_never_ends_is_cut_off(served: httpx.Client) -> None:
    with connect(served) as connection:
        connection.sendall(b"POST /v1/audits HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
        connection.sendall(b'Content-Length: 1000\r\n\r\n{"model_id": ')
        assert slug(everything(connection)) == (408, "request-timeout")


def test_a_slow_upload_that_goes_on_is_taken(served: httpx.Client) -> None:
    """Slower than the patience as a whole, and never silent."""
    tail = b"\r\n--B--\r\n"
    head, _, part = UPLOAD.partition(b"\r\n\r\n")
    size = len(part) + 8 * 1000 + len(tail)
    with connect(served) as connection:
        connection.sendall(head.replace(b"2000000", str(size).encode()) + b"\r\n\r\n" + part)
        for _ in range(8):
            connection.sendall(b"y" * 1000)
            time.sleep(0.6)
        connection.sendall(tail)
        assert b"201 Created" in connection.recv(65_536)


def test_too_long_a_head_is_said(served: httpx.Client) -> None:
    with connect(served) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 40_000)
        assert slug(everything(connection)) == (431, "headers-too-large")
    with connect(served) as connection:
        connection.sendall(b"what is this\r\n\r\n")
        assert slug(everything(connection)) == (400, "malformed-request")


def test_five_hundred_half_sent_requests_end(served: httpx.Client) -> None:
    with ExitStack() as stack:
        connections = []
        for number in range(500):  # each sends at once: a connection that is silent for too long gets no answer
            connection = stack.enter_context(connect(served))
            connection.sendall(b"GET / HTTP/1.1\r\nHost" if number % 2 else UPLOAD)
            connections.append(connection)
        assert served.get("/health/live").status_code == 200
        assert {slug(everything(connection))[0] for connection in connections} == {408}
