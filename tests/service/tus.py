"""The requests of tus, as a client sends them."""

import base64
import hashlib
from typing import Any

import httpx

from openapi.wire.settings import Settings
from service.resumable.service import PART

VERSION = {"Tus-Resumable": "1.0.0"}
KIND = {"Content-Type": "application/offset+octet-stream"}

#: Two whole parts and a bit.
LARGE = hashlib.sha256(b"large").digest() * (2 * PART // 32 + 1000)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def digest(data: bytes) -> str:
    """As `Content-Digest` and `Repr-Digest` say it."""
    return f"sha-256=:{b64(hashlib.sha256(data).digest())}:"


def begin(api: httpx.Client, length: int, name: str = "some.bin", **headers: str) -> str:
    """Create an upload and return its path."""
    said = {**VERSION, "Upload-Length": str(length), "Upload-Metadata": f"filename {b64(name.encode())}"}
    answer = api.post("/v1/uploads", headers={**said, **{k.replace("_", "-"): v for k, v in headers.items()}})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def send(api: httpx.Client, path: str, offset: int, data: Any, **headers: str) -> httpx.Response:
    """Send a part."""
    more = {k.replace("_", "-"): v for k, v in headers.items()}
    return api.patch(path, content=data, headers={**VERSION, **KIND, "Upload-Offset": str(offset), **more})


def offset(api: httpx.Client, path: str) -> int:
    """How much has come."""
    answer = api.head(path, headers=VERSION)
    assert answer.status_code == 200, answer
    return int(answer.headers["upload-offset"])


def make(api: httpx.Client, kind: str, path: str, metadata: dict[str, Any] | None = None) -> httpx.Response:
    """Make a model or a data set of an upload."""
    return api.post(f"/v1/{kind}", json={"upload_id": path.rpartition("/")[2], "metadata": metadata or {}})


def blobs(settings: Settings) -> set[str]:
    """What a local store holds."""
    folder = settings.data_dir / "blobs" / "blobs"
    return {path.name for path in folder.rglob("*") if path.is_file()}
