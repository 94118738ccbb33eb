"""`url` instead of a file: what is fetched, and what is refused before or while it is."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.service.conftest import flush, make_settings, running
from tests.service.problems import is_problem
from tests.service.tus import blobs

DATA = b"a model from elsewhere " * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()


@dataclass
class Host:
    """A web server under every address of this machine; `asked` holds where it was reached, and for what."""

    port: int
    asked: list[str] = field(default_factory=list)

    def url(self, path: str, name: str = "localhost") -> str:
        return f"http://{name}:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    """Answers as the first part of the path says: `_file`, `_to`, …"""

    server: "Server"

    def do_GET(self) -> None:
        self.server.host.asked.append(f"{self.connection.getsockname()[0]} {self.path}")
        what, _, rest = self.path.lstrip("/").partition("/")
        getattr(self, f"_{what}")(rest)

    def _begin(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _file(self, _: str) -> None:
        self._begin(200, Content_Length=str(len(DATA)))
        self.wfile.write(DATA)

    def _to(self, place: str) -> None:
        self._begin(302, Location=place, Content_Length="0")

    def _round(self, count: str) -> None:
        self._to(f"/round/{int(count) + 1}")

    def _half(self, _: str) -> None:
        self._begin(200, Content_Length=str(len(DATA)))
        self.wfile.write(DATA[:5000])
        self.close_connection = True

    def _huge(self, said: str) -> None:
        self._begin(200, **({"Content_Length": "4000000"} if said else {}))
        for _ in range(40):
            self.wfile.write(b"x" * 100_000)
        self.close_connection = True

    def _packed(self, _: str) -> None:
        self._begin(200, Content_Encoding="gzip", Content_Length="3")
        self.wfile.write(b"abc")

    def _empty(self, _: str) -> None:
        self._begin(200, Content_Length="0")

    def _gone(self, _: str) -> None:
        self._begin(404, Content_Length="0")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    def __init__(self, host: Host) -> None:
        super().__init__(("0.0.0.0", 0), Handler)
        self.host = host


@contextmanager
def serving() -> Iterator[Host]:
    host = Host(0)
    server = Server(host)
    host.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def settings(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """`localhost` may be fetched from; of this machine's other addresses one is listed and not allowed."""
    folder = tmp_path_factory.mktemp("importing")
    found = make_settings(
        broker,
        folder,
        db=8,
        import_hosts=("localhost", "127.0.0.2"),
        import_networks=("127.0.0.1/32",),
    )
    flush(found)
    return found


@pytest.fixture(scope="module")
def api(settings: Settings) -> Iterator[httpx.Client]:
    with running(settings) as client:
        yield client


def bring(api: httpx.Client, url: str, **fields: Any) -> httpx.Response:
    return api.post("/v1/models", json={"url": url, **fields})


def test_a_file_is_fetched(api: httpx.Client, host: Host) -> None:
    answer = bring(api, host.url("/file/net%20of%20mine.onnx?x=1"), sha256=SHA256, metadata={"tags": {"from": "afar"}})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["sha256"], made["tags"]) == ("net of mine.onnx", SHA256, {"from": "afar"})
    assert api.get(f"/v1/models/{made['id']}/content").content == DATA
    led = bring(api, host.url(f"/to/{host.url('/file/net.onnx')}"), metadata={"tags": {"from": "afar"}})
    assert (led.status_code, led.json()["id"]) == (200, made["id"]), "the same bytes and metadata"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/gone", "answers 404"),
        ("/round/0", "from address to address"),
        ("/half", "cannot be fetched"),
        ("/packed", "encoded"),
        ("/empty", "empty"),
        ("/to/http://elsewhere.example/x", "elsewhere.example"),
        ("/to/file:///etc/passwd", "not on the list"),
        ("/to/http://me:secret@localhost/x", "holds no user"),
    ],
)
def test_what_is_no_file_of_ours_is_told(
    api: httpx.Client, host: Host, settings: Settings, path: str, said: str
) -> None:
    before = blobs(settings)
    errors = is_problem(bring(api, host.url(path)), 422, "validation")["errors"]
    assert [error["pointer"] for error in errors] == ["/url"]
    assert said in errors[0]["detail"]
    assert "secret" not in errors[0]["detail"]
    assert blobs(settings) == before


def test_a_file_that_does_not_end_is_cut_off(api: httpx.Client, host: Host, settings: Settings) -> None:
    before = blobs(settings)
    for path in ("/huge/", "/huge/said"):
        is_problem(bring(api, host.url(path)), 413, "too-large")
    assert blobs(settings) == before


def test_a_file_with_another_hash_is_not_kept(api: httpx.Client, host: Host, settings: Settings) -> None:
    before = blobs(settings)
    errors = is_problem(bring(api, host.url("/file"), sha256="0" * 64, metadata={"name": "n"}), 422, "validation")[
        "errors"
    ]
    assert (errors[0]["pointer"], SHA256 in errors[0]["detail"]) == ("/sha256", True)
    assert blobs(settings) - before <= {SHA256}, "the same bytes may be somebody's"


def test_where_a_listed_name_leads_is_looked_at_when_connecting(api: httpx.Client, host: Host) -> None:
    """Directly and behind a redirect; nothing reaches the address."""
    before, listed = len(host.asked), host.url("/file", "127.0.0.2")
    for url, hops in ((listed, 0), (host.url(f"/to/{listed}"), 1)):
        errors = is_problem(bring(api, url), 422, "validation")["errors"]
        assert errors[0]["pointer"] == "/url"
        assert "no public address" in errors[0]["detail"]
        assert len(host.asked) - before == hops
    assert all(not asked.startswith("127.0.0.2") for asked in host.asked)


@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "http://localhost.evil.example/x", "http://tremor.invalid/x"])
def test_hosts_that_are_not_listed(api: httpx.Client, url: str) -> None:
    errors = is_problem(bring(api, url), 422, "validation")["errors"]
    assert "TREMOR_IMPORT_HOSTS" in errors[0]["detail"]


def test_nothing_is_fetched_unless_told(broker: Broker, tmp_path: Path, host: Host) -> None:
    settings = make_settings(broker, tmp_path, db=9)
    flush(settings)
    with running(settings) as api:
        before = len(host.asked)
        errors = is_problem(bring(api, host.url("/file")), 422, "validation")["errors"]
        assert "not on the list" in errors[0]["detail"]
        assert len(host.asked) == before
