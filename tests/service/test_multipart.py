"""Bodies of uploads: damaged, too large, abandoned; nothing of them is left behind, in memory or on disk."""

import hashlib
import http.client
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from openapi.wire.blobs import BlobStore
from tests.service.conftest import World, upload
from tests.service.problems import is_problem
from tests.service.worker import until


def multipart(world: World, body: bytes, kind: str = "multipart/form-data; boundary=B") -> httpx.Response:
    return world.api.post("/v1/models", content=body, headers={"Content-Type": kind})


def part(name: str, data: bytes, filename: str | None = None) -> bytes:
    extra = f'; filename="{filename}"' if filename else ""
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + data + b"\r\n"


def test_a_multipart_body_without_a_file_or_with_too_much(world: World) -> None:
    missing = is_problem(multipart(world, part("metadata", b"{}") + b"--B--\r\n"), 422, "validation")
    assert "`file`" in str(missing["detail"])
    twice = multipart(world, part("file", b"a", "a") + part("file", b"b", "b") + b"--B--\r\n")
    assert "twice" in str(is_problem(twice, 422, "validation")["detail"])
    odd = multipart(world, part("file", b"a", "a") + part("extra", b"b") + b"--B--\r\n")
    assert is_problem(odd, 422, "validation")["errors"] == [
        {"pointer": "/extra", "detail": "there is no such part; send `file` and `metadata`"}
    ]
    empty = multipart(world, part("file", b"", "a") + b"--B--\r\n")
    assert "empty" in str(is_problem(empty, 422, "validation")["detail"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (part("file", b"cut off", "a")[:-4], "multipart/form-data; boundary=B"),
        (b"no parts at all", "multipart/form-data; boundary=B"),
        (b"", "multipart/form-data; boundary=B"),
        (part("file", b"x", "a") + b"--B--\r\n", "multipart/form-data"),
        (b"--B\r\nno header\r\n\r\nx\r\n--B--\r\n", "multipart/form-data; boundary=B"),
    ],
)
def test_a_damaged_multipart_body_is_400(world: World, body: bytes, kind: str) -> None:
    is_problem(multipart(world, body, kind), 400, "malformed-request")


def test_a_file_above_the_cap_is_413_announced_or_not(world: World) -> None:
    large = b"x" * (world.settings.max_model_bytes + 1)
    is_problem(world.api.post("/v1/models", files={"file": ("large", large)}), 413, "too-large")
    # Without a length the service only finds out while it reads.
    whole = part("file", large, "large") + b"--B--\r\n"
    chunks = (whole[i : i + 65536] for i in range(0, len(whole), 65536))
    answer = world.api.post(
        "/v1/models", content=chunks, headers={"Content-Type": "multipart/form-data; boundary=B"}, timeout=60
    )
    is_problem(answer, 413, "too-large")
    assert list((world.settings.data_dir / "blobs" / "spool").iterdir()) == [], "nothing is left behind"
    exact = world.api.post("/v1/models", files={"file": ("exact", large[:-1])})
    assert exact.status_code == 201


def test_a_text_field_above_the_cap_is_413(world: World) -> None:
    metadata = json.dumps({"name": "x", "tags": {"t": "y" * world.settings.max_body_bytes}})
    answer = world.api.post("/v1/models", files={"metadata": (None, metadata), "file": ("f", b"x")})
    is_problem(answer, 413, "too-large")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "/abs/olute", "a\x00b", "", "x" * 500])
def test_a_file_name_is_never_a_path(world: World, name: str) -> None:
    body = part("file", f"named {name!r}".encode(), name.replace("\x00", "\x01") or " ") + b"--B--\r\n"
    answer = multipart(world, body)
    assert answer.status_code == 201, answer.text
    shown = answer.json()["name"]
    assert "/" not in shown
    assert "\\" not in shown
    assert 0 < len(shown) <= 200
    assert world.api.get(f"/v1/models/{answer.json()['id']}/content").status_code == 200


def test_memory_stays_flat_while_a_large_file_arrives(broker: Any, tmp_path: Path) -> None:
    """Peak memory grows by far less than the file: 16 MB are sent, 6 MB may be used."""
    import tracemalloc

    from service.app import create_app
    from tests.service.conftest import Served, make_settings

    size = 16 * 2**20
    settings = make_settings(broker, tmp_path, max_model_bytes=size)
    block = b"0123456789abcdef" * 4096

    def body() -> Any:
        yield part("file", b"", "large")[:-2]
        for _ in range(size // len(block)):
            yield block
        yield b"\r\n--B--\r\n"

    with Served(create_app(settings)) as url:
        httpx.get(f"{url}/health/live")
        tracemalloc.start()
        answer = httpx.post(
            f"{url}/v1/models", content=body(), headers={"Content-Type": "multipart/form-data; boundary=B"}, timeout=120
        )
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert answer.status_code == 201
    assert answer.json()["size"] == size
    assert peak < 6 * 2**20
    assert BlobStore.from_settings(settings).exists(answer.json()["sha256"])


def test_a_client_that_goes_away_in_mid_upload_leaves_nothing(world: World) -> None:
    url = httpx.URL(str(world.api.base_url))
    connection = http.client.HTTPConnection(str(url.host), url.port)
    connection.putrequest("POST", "/v1/models")
    connection.putheader("Content-Type", "multipart/form-data; boundary=B")
    connection.putheader("Content-Length", "2000000")
    connection.endheaders()
    connection.send(part("file", b"y" * 1_500_000, "gone"))
    connection.close()
    spool = world.settings.data_dir / "blobs" / "spool"
    until(lambda: not list(spool.iterdir()))
    assert world.api.get("/health/live").status_code == 200


def test_a_refused_upload_leaves_no_blob(world: World) -> None:
    store = BlobStore.from_settings(world.settings)
    refused = {
        b"with wrong metadata": part("metadata", b'{"nme": 1}'),
        b"with another part": part("extra", b""),
        b"sent twice": part("file", b"again", "b"),
        b"cut off": b"--B\r\nContent",
    }
    for data, rest in refused.items():
        assert multipart(world, part("file", data, "a") + rest + b"--B--\r\n").status_code in (400, 422)
        assert not store.exists(hashlib.sha256(data).hexdigest()), data
    kept = upload(world.api, "models", b"kept", {"name": "kept"})
    assert multipart(world, part("file", b"kept", "a") + part("metadata", b"[]") + b"--B--\r\n").status_code == 422
    assert world.api.get(f"/v1/models/{kept}/content").content == b"kept"
