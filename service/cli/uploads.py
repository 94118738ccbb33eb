"""Uploading models and data sets: found again where they are already, sent again where the connection broke."""

import hashlib
import io
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from openapi.datasets import DatasetMetadata
from openapi.models import ModelMetadata
from openapi.status import UploadStatus
from service.cli.client import Answer, Client, Json, Page, UploadKind
from service.cli.display import Bars, line
from service.cli.exits import CommandFailed, Exit
from service.cli.problems import describe

if TYPE_CHECKING:
    from service.cli.calls import Uploaded

METADATA: dict[UploadKind, type[BaseModel]] = {"models": ModelMetadata, "datasets": DatasetMetadata}
#: Tries of one upload, however long each of them takes.
_ATTEMPTS = 5
#: From so many bytes on reading a file takes long enough to be shown, and it is sent in parts.
_LARGE = 100_000_000
#: An inspection that takes longer waits for a worker, most likely; whoever does not stay is not kept by it.
_INSPECTION_SECONDS = 10.0
_TIMEOUT = httpx.Timeout(60, connect=10, read=900)  # the answer comes when the whole file has been stored


class _Counted(io.FileIO):
    """A file that tells how much of it has been read."""

    def __init__(self, path: Path, told: Callable[[int], None]) -> None:
        super().__init__(path)
        self._told = told

    def read(self, size: int | None = -1, /) -> bytes:
        """See `FileIO`."""
        chunk = super().read(size)
        self._told(self.tell())
        return chunk


def upload(
    client: Client, kind: UploadKind, path: Path, metadata: Json, shown: Bars, *, stays: bool = True
) -> "Uploaded":
    """Bring a file to the server and wait until it is inspected; return what the server says of it.

    The same bytes with the same metadata are not sent twice. What the inspection warns of goes to `client.warnings`.
    stays: until the inspection has ended; else for a short while, in which most end, and the job waits for the rest.
    Raises `CommandFailed` when the file is rejected.
    """
    from service.cli.calls import read_upload

    began: list[float] = []

    def told(body: Json) -> None:
        began.append(time.monotonic())
        waits = "until a worker is free" if began[-1] - began[0] >= _INSPECTION_SECONDS else ""
        shown.show(f"inspect {path.name}", 0, 0, waits=waits)

    def done(item: "Uploaded") -> bool:
        if item.status.value != UploadStatus.INSPECTING:
            return True
        return not stays and began[-1] - began[0] >= _INSPECTION_SECONDS

    try:
        identity = _Upload(client, kind, path, metadata, shown).run().id
    except OSError as error:
        raise CommandFailed(Exit.USAGE, f"{path} cannot be read: {error.strerror or error}") from error
    most = math.inf if stays else _INSPECTION_SECONDS / 4  # of one long poll: the last may not take much longer
    answer: Answer[Uploaded] = client.wait(
        lambda wait: read_upload(kind, identity, min(wait, most)),
        told,
        done,
        Exit.UPLOAD_REJECTED,
    )
    item = answer.value
    if item.status.value == UploadStatus.REJECTED:
        why = describe(item.problem) if item.problem else "unknown error"
        raise CommandFailed(Exit.UPLOAD_REJECTED, f"{path}: {why}")
    if item.inspection:
        client.warnings += [f"{item.name}: {text}" for text in item.inspection.warnings or ()]
    elif item.status.value == UploadStatus.INSPECTING:
        line(f"{path.name} is not inspected yet, as no worker is free for it: the job waits for that on the server")
    return item


class _Upload:
    def __init__(self, client: Client, kind: UploadKind, path: Path, metadata: Json, shown: Bars) -> None:
        self._client, self._kind, self._path, self._metadata, self._shown = client, kind, path, metadata, shown
        self._key = str(uuid4())
        self._sha256 = None if client.fresh else self._hash()

    def run(self) -> "Uploaded":
        if self._sha256 is not None and self._path.stat().st_size >= _LARGE:
            return self._in_parts(self._sha256)
        found: Uploaded = self._client.patiently(lambda: self._find() or self._send(), attempts=_ATTEMPTS)
        return found

    def _in_parts(self, sha256: str) -> "Uploaded":
        """Send it in parts, each of which gets all patience, and have something made of them."""
        from service.cli.parts import Parts

        size = self._path.stat().st_size
        parts = Parts(self._client, self._path, sha256, lambda done: self._show("upload", done, size))
        found: Uploaded | None = self._client.patiently(self._find)
        while found is None:
            if (upload := self._client.patiently(parts.step, attempts=_ATTEMPTS)) is not None:
                found = self._client.patiently(lambda: self._find() or self._make(upload), attempts=_ATTEMPTS)
        return found

    def _make(self, upload: str) -> "Uploaded":
        """Have a model or data set made of what has been sent."""
        from service.cli.calls import make_of_upload

        making = make_of_upload(self._kind, upload, self._metadata, self._key)
        made: Answer[Uploaded] = self._client.once(making, failure=Exit.UPLOAD_REJECTED, timeout=_TIMEOUT)
        return made.value

    def _hash(self) -> str:
        digest, size, done = hashlib.sha256(), self._path.stat().st_size, 0
        with self._path.open("rb") as file:
            while chunk := file.read(1 << 22):
                digest.update(chunk)
                done += len(chunk)
                if size >= _LARGE:
                    self._show("read", done, size)
        return digest.hexdigest()

    def _find(self) -> "Uploaded | None":
        """The same upload on the server: of an earlier run, or of a try whose answer was lost."""
        if self._sha256 is None:
            return None
        from service.cli.calls import find_uploads

        page: Answer[Page[Uploaded]] = self._client.once(find_uploads(self._kind, self._sha256), failure=Exit.USAGE)
        return next((item for item in page.value.items if self._is_same(item)), None)

    def _is_same(self, item: "Uploaded") -> bool:
        """Whether nothing would be new about it. What was rejected is sent again: the reason may have passed."""
        kind = METADATA[self._kind]
        try:
            there = item.metadata.to_dict() if item.metadata else None
            same = kind.model_validate(there) == kind.model_validate(self._metadata)
        except ValidationError:  # a server of another version
            return False
        return same and item.sha256 == self._sha256 and item.status.value != UploadStatus.REJECTED

    def _send(self) -> "Uploaded":
        from service.cli.calls import send_file

        size = self._path.stat().st_size
        with _Counted(self._path, lambda done: self._show("upload", done, size)) as file:
            sending = send_file(self._kind, self._path.name, file, self._metadata, self._key)
            made: Answer[Uploaded] = self._client.once(sending, failure=Exit.UPLOAD_REJECTED, timeout=_TIMEOUT)
        return made.value

    def _show(self, what: str, done: int, total: int) -> None:
        self._shown.show(f"{what} {self._path.name}", round(done / 1e6, 1), round(total / 1e6, 1), "MB")
