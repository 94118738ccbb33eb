"""A large file on its way to a server, in parts: whoever sends it goes on where anybody has stopped.

Parts go directly to the server's store where it offers that, else to the server itself (tus 1.0).

The upload is found again by the file's hash, so that a command which was killed leaves nothing on this machine.
"""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

from service.cli.client import Client, Json
from service.cli.exits import CommandFailed, Exit
from service.cli.patience import Transient

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
        if upload.get("direct"):
            return self._directly(upload)
        if upload["offset"] < self._size:
            upload = {**upload, "offset": self._send(upload["id"], upload["offset"])}
        self._told(upload["offset"])
        self._upload = upload
        return upload["id"] if upload["offset"] == self._size else None

    def _directly(self, upload: Json) -> str | None:
        """Send one part to the store, or say that all have come."""
        path = f"/v1/uploads/{upload['id']}"
        if upload["offset"] < self._size and not upload.get("parts"):  # lists do not hold the addresses
            upload = self._client.once("GET", path, failure=Exit.UPLOAD_REJECTED)
        parts = (upload.get("parts") or {}).get("items", [])
        part = next((part for part in parts if part["url"]), None)
        if part is not None:
            with self._path.open("rb") as file:
                file.seek((part["number"] - 1) * upload["parts"]["part_size"])
                answer = self._client.put(part["url"], file.read(part["size"]))
            if not answer.is_success:  # such as an address that holds no longer: the next step asks for new ones
                raise Transient(f"the store answered {answer.status_code} to a part", code=Exit.UPLOAD_REJECTED)
            part |= {"url": None, "etag": answer.headers["etag"]}
        self._told(sum(part["size"] for part in parts if not part["url"]))
        if any(part["url"] for part in parts):
            self._upload = upload
            return None
        if parts:
            etags = [{"number": part["number"], "etag": part["etag"]} for part in parts]
            self._client.once("POST", f"{path}/complete", failure=Exit.UPLOAD_REJECTED, json={"parts": etags})
        return str(upload["id"])

    def _begun(self) -> Json | None:
        """An upload of this very file that somebody of the tenant has begun."""
        page = self._client.once("GET", "/v1/uploads", failure=Exit.USAGE, params={"sha256": self._sha256})
        found = (item for item in page.get("items") or () if item["length"] == self._size)
        return max(found, key=lambda item: int(item["offset"]), default=None)

    def _begin(self) -> Json:
        said = {"length": self._size, "filename": self._path.name, "sha256": self._sha256}
        try:
            return self._client.once("POST", "/v1/uploads/direct", failure=Exit.UPLOAD_REJECTED, json=said)
        except CommandFailed:  # it does not offer that, or refuses the file, and then says so again
            return self._begin_here()

    def _begin_here(self) -> Json:
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
