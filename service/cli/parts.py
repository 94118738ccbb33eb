"""A large file on its way to a server, in parts: whoever sends it goes on where anybody has stopped.

Parts go directly to the server's store where it offers that, else to the server itself (tus 1.0).

The upload is found again by the file's hash, so that a command which was killed leaves nothing on this machine.
"""

import base64
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

from openapi.client.api.uploads import (
    append_to_upload,
    complete_upload,
    create_direct_upload,
    create_upload,
    get_upload,
    list_uploads,
)
from openapi.client.models.complete_upload import CompleteUpload
from openapi.client.models.direct_parts import DirectParts
from openapi.client.models.direct_upload import DirectUpload
from openapi.client.models.sent_part import SentPart
from openapi.client.models.upload_info import UploadInfo
from openapi.client.types import File
from service.cli.client import Client
from service.cli.exits import CommandFailed, Exit
from service.cli.patience import Transient

#: Bytes of a part; what a broken connection costs at most.
PART = 16 << 20
_TUS = "1.0.0"


def _digest(sha256: bytes) -> str:
    """As RFC 9530 writes it."""
    return f"sha-256=:{base64.b64encode(sha256).decode()}:"


class Parts:
    """The parts of one file; `told` hears how many bytes the server has."""

    def __init__(self, client: Client, path: Path, sha256: str, told: Callable[[int], None]) -> None:
        self._client, self._path, self._sha256, self._told = client, path, sha256, told
        self._size = path.stat().st_size
        self._upload: UploadInfo | None = None

    def step(self) -> str | None:
        """Send one part; returns the upload's id once the server has all. `Transient` when it may be tried again."""
        upload, self._upload = self._upload or self._begun() or self._begin(), None
        if upload.direct:
            return self._directly(upload)
        if upload.offset < self._size:
            upload.offset = self._send(upload.id, upload.offset)
        self._told(upload.offset)
        self._upload = upload
        return upload.id if upload.offset == self._size else None

    def _directly(self, upload: UploadInfo) -> str | None:
        """Send one part to the store, or say that all have come."""
        if upload.offset < self._size and not upload.parts:  # lists do not hold the addresses
            upload = self._read(upload.id)
        if not upload.parts:
            return upload.id
        self._put_next(upload.parts)
        parts = upload.parts.items
        self._told(sum(part.size for part in parts if not part.url))
        if any(part.url for part in parts):
            self._upload = upload
            return None
        sent = CompleteUpload([SentPart(part.number, part.etag or "") for part in parts])
        self._client.once(
            lambda api: complete_upload.sync_detailed(upload.id, client=api, body=sent), failure=Exit.UPLOAD_REJECTED
        )
        return upload.id

    def _read(self, identity: str) -> UploadInfo:
        return self._client.once(
            lambda api: get_upload.sync_detailed(identity, client=api), failure=Exit.UPLOAD_REJECTED
        ).value

    def _put_next(self, parts: DirectParts) -> None:
        part = next((part for part in parts.items if part.url), None)
        if part is None or not part.url:
            return
        with self._path.open("rb") as file:
            file.seek((part.number - 1) * parts.part_size)
            answer = self._client.put(part.url, file.read(part.size))
        if not answer.is_success:  # such as an address that holds no longer: the next step asks for new ones
            raise Transient(f"the store answered {answer.status_code} to a part", code=Exit.UPLOAD_REJECTED)
        part.url, part.etag = None, answer.headers["etag"]

    def _begun(self) -> UploadInfo | None:
        """An upload of this very file that somebody of the tenant has begun."""
        page = self._client.once(
            lambda api: list_uploads.sync_detailed(client=api, sha256=self._sha256), failure=Exit.USAGE
        )
        found = (item for item in page.value.items if item.length == self._size)
        return max(found, key=lambda item: item.offset, default=None)

    def _begin(self) -> UploadInfo:
        said = DirectUpload(self._size, self._path.name, self._sha256)
        try:
            return self._client.once(
                lambda api: create_direct_upload.sync_detailed(client=api, body=said), failure=Exit.UPLOAD_REJECTED
            ).value
        except CommandFailed:  # it does not offer that, or refuses the file, and then says so again
            return self._begin_here()

    def _begin_here(self) -> UploadInfo:
        name = base64.b64encode(self._path.name.encode()).decode()
        return self._client.once(
            lambda api: create_upload.sync_detailed(
                client=api,
                tus_resumable=_TUS,
                upload_length=str(self._size),
                upload_metadata=f"filename {name}",
                repr_digest=_digest(bytes.fromhex(self._sha256)),
            ),
            failure=Exit.UPLOAD_REJECTED,
        ).value

    def _send(self, identity: str, offset: int) -> int:
        with self._path.open("rb") as file:
            file.seek(offset)
            data = file.read(PART)
        answer = self._client.once(
            lambda api: append_to_upload.sync_detailed(
                identity,
                client=api,
                body=File(io.BytesIO(data)),
                tus_resumable=_TUS,
                upload_offset=str(offset),
                content_digest=_digest(hashlib.sha256(data).digest()),
            ),
            failure=Exit.UPLOAD_REJECTED,
        )
        return int(answer.headers["upload-offset"])
