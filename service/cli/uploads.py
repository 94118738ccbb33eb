"""Uploading models and data sets: found again where they are already, sent again where the connection broke."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Literal
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from openapi.datasets import DatasetMetadata
from openapi.models import ModelMetadata
from openapi.status import UploadStatus
from service.cli.client import Client, Json, describe
from service.cli.display import Bars
from service.cli.exits import CommandFailed, Exit
from service.cli.parts import Parts

Kind = Literal["models", "datasets"]

METADATA: dict[Kind, type[BaseModel]] = {"models": ModelMetadata, "datasets": DatasetMetadata}
#: Tries of one upload, however long each of them takes.
_ATTEMPTS = 5
#: From so many bytes on reading a file takes long enough to be shown, and it is sent in parts.
_LARGE = 100_000_000
_TIMEOUT = httpx.Timeout(60, connect=10, read=900)  # the answer comes when the whole file has been stored


class _Counted:
    """A file that tells how much of it has been read."""

    def __init__(self, file: IO[bytes], size: int, told: Callable[[int, int], None]) -> None:
        self._file, self._size, self._told = file, size, told

    def read(self, count: int = -1) -> bytes:
        chunk = self._file.read(count)
        self._told(self._file.tell(), self._size)
        return chunk

    def __iter__(self) -> Any:
        return iter(lambda: self.read(1 << 20), b"")

    def seek(self, *where: int) -> int:
        return self._file.seek(*where)

    def tell(self) -> int:
        return self._file.tell()

    def fileno(self) -> int:
        return self._file.fileno()


def upload(client: Client, kind: Kind, path: Path, metadata: Json, shown: Bars) -> Json:
    """Bring a file to the server and wait until it is inspected; return what the server says of it.

    The same bytes with the same metadata are not sent twice. What the inspection warns of goes to `client.warnings`.
    Raises `CommandFailed` when the file is rejected.
    """
    try:
        body = _Upload(client, kind, path, metadata, shown).run()
    except OSError as error:
        raise CommandFailed(Exit.USAGE, f"{path} cannot be read: {error.strerror or error}") from error
    body = client.wait(
        f"/v1/{kind}/{body['id']}",
        lambda answer: shown.show(f"inspect {path.name}", 0, 0),
        lambda answer: answer["status"] != UploadStatus.INSPECTING,
        Exit.UPLOAD_REJECTED,
    )
    if body["status"] == UploadStatus.REJECTED:
        raise CommandFailed(Exit.UPLOAD_REJECTED, f"{path}: {describe(body.get('problem') or {})}")
    found = (body.get("inspection") or {}).get("warnings") or ()
    client.warnings += [f"{body['name']}: {text}" for text in found]
    return body


class _Upload:
    def __init__(self, client: Client, kind: Kind, path: Path, metadata: Json, shown: Bars) -> None:
        self._client, self._kind, self._path, self._metadata, self._shown = client, kind, path, metadata, shown
        self._key = str(uuid4())
        self._sha256 = None if client.fresh else self._hash()

    def run(self) -> Json:
        if self._sha256 is not None and self._path.stat().st_size >= _LARGE:
            return self._in_parts(self._sha256)
        found: Json = self._client.patiently(lambda: self._find() or self._send(), attempts=_ATTEMPTS)
        return found

    def _in_parts(self, sha256: str) -> Json:
        """Send it in parts, each of which gets all patience, and have something made of them."""
        size = self._path.stat().st_size
        parts = Parts(self._client, self._path, sha256, lambda done: self._show("upload", done, size))
        found: Json | None = self._client.patiently(self._find)
        while found is None:
            if (upload := self._client.patiently(parts.step, attempts=_ATTEMPTS)) is not None:
                found = self._client.patiently(lambda: self._find() or self._make(upload), attempts=_ATTEMPTS)
        return found

    def _make(self, upload: str) -> Json:
        """Have a model or data set made of what has been sent."""
        return self._client.once(
            "POST",
            f"/v1/{self._kind}",
            failure=Exit.UPLOAD_REJECTED,
            json={"upload_id": upload, "metadata": self._metadata},
            headers={"Idempotency-Key": self._key},
            timeout=_TIMEOUT,
        )

    def _hash(self) -> str:
        digest, size, done = hashlib.sha256(), self._path.stat().st_size, 0
        with self._path.open("rb") as file:
            while chunk := file.read(1 << 22):
                digest.update(chunk)
                done += len(chunk)
                if size >= _LARGE:
                    self._show("read", done, size)
        return digest.hexdigest()

    def _find(self) -> Json | None:
        """The same upload on the server: of an earlier run, or of a try whose answer was lost."""
        if self._sha256 is None:
            return None
        page = self._client.once("GET", f"/v1/{self._kind}", failure=Exit.USAGE, params={"sha256": self._sha256})
        return next((item for item in page.get("items") or () if self._is_same(item)), None)

    def _is_same(self, item: Json) -> bool:
        """Whether nothing would be new about it. What was rejected is sent again: the reason may have passed."""
        kind = METADATA[self._kind]
        try:
            same = kind.model_validate(item.get("metadata")) == kind.model_validate(self._metadata)
        except ValidationError:  # a server of another version
            return False
        return same and item.get("sha256") == self._sha256 and item.get("status") != UploadStatus.REJECTED

    def _send(self) -> Json:
        with self._path.open("rb") as file:
            size = self._path.stat().st_size
            counted = _Counted(file, size, lambda done, total: self._show("upload", done, total))
            return self._client.once(
                "POST",
                f"/v1/{self._kind}",
                failure=Exit.UPLOAD_REJECTED,
                files={"file": (self._path.name, counted, "application/octet-stream")},
                data={"metadata": json.dumps(self._metadata)},
                headers={"Idempotency-Key": self._key},
                timeout=_TIMEOUT,
            )

    def _show(self, what: str, done: int, total: int) -> None:
        self._shown.show(f"{what} {self._path.name}", round(done / 1e6, 1), round(total / 1e6, 1), "MB")
