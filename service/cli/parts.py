"""A large file on its way to a server, in parts (tus 1.0): whoever sends it goes on where anybody has stopped.

The upload is found again by the file's hash, so that a command which was killed leaves nothing on this machine.
"""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

from service.cli.client import Client, Json
from service.cli.exits import Exit

#: Bytes of a part; what a broken connection costs at most.
PART = 16 << 20
_VERSION = {"Tus-Resumable": "1.0.0"}


def _digest(sha256: bytes) -> str:
    """As RFC 9530 writes it."""
    return f"sha-256=:{base64.b64encode(sha256).decode()}:"


class Parts:
    """The parts of one file; `told` hears how many bytes the server has."""

    def __init__(self, client: Client, path: Path, sha256: str, told: Callable[[int], None]) -> None:
        self._client, self._path, self._sha256, self._told = client, path, sha256, told
        self._size = path.stat().st_size
        self._upload: Json | None = None

    def step(self) -> str | None:
        """Send one part; returns the upload's id once the server has all. `Transient` when it may be tried again."""
        upload, self._upload = self._upload or self._begun() or self._begin(), None
        if upload["offset"] < self._size:
            upload = {**upload, "offset": self._send(upload["id"], upload["offset"])}
        self._told(upload["offset"])
        self._upload = upload
        return upload["id"] if upload["offset"] == self._size else None

    def _begun(self) -> Json | None:
        """An upload of this very file that somebody of the tenant has begun."""
        page = self._client.once("GET", "/v1/uploads", failure=Exit.USAGE, params={"sha256": self._sha256})
        found = (item for item in page.get("items") or () if item["length"] == self._size)
        return max(found, key=lambda item: int(item["offset"]), default=None)

    def _begin(self) -> Json:
        name = base64.b64encode(self._path.name.encode()).decode()
        headers = {
            **_VERSION,
            "Upload-Length": str(self._size),
            "Upload-Metadata": f"filename {name}",
            "Repr-Digest": _digest(bytes.fromhex(self._sha256)),
        }
        return self._client.once("POST", "/v1/uploads", failure=Exit.UPLOAD_REJECTED, headers=headers)

    def _send(self, identity: str, offset: int) -> int:
        with self._path.open("rb") as file:
            file.seek(offset)
            data = file.read(PART)
        headers = {
            **_VERSION,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Digest": _digest(hashlib.sha256(data).digest()),
        }
        answer = self._client.answer(
            "PATCH", f"/v1/uploads/{identity}", Exit.UPLOAD_REJECTED, content=data, headers=headers
        )
        return int(answer.headers["upload-offset"])
