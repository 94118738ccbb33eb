"""Multipart uploads, parsed while they arrive: the file goes to the store, never whole into memory.

Litestar's own multipart reading needs a declared body; here the `multipart` package (which Litestar itself uses) is
pushed chunk by chunk, the file's bytes are hashed and written as they come, and every other part is capped.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from litestar import Request
from litestar.exceptions import HTTPException
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header
from pydantic import BaseModel

from openapi.problems import InsufficientStorage, InvalidField, QuotaExceeded, TooLarge
from openapi.request_errors import MalformedRequest, UnsupportedMediaType
from openapi.text import file_name
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob
from service.http.bodies import load
from service.http.digests import BODY_DIGESTS, Digests
from service.http.pacing import paced

M = TypeVar("M", bound=BaseModel)

_END = object()
_DRAIN_SECONDS = 20
_BATCH = 1 << 20  # the store is given pieces of a megabyte, not the network's small ones


@dataclass
class UploadedFile:
    """What an upload brought: the stored file, the name it had at the sender's, and the text fields."""

    blob: Blob
    filename: str
    fields: dict[str, bytes] = field(default_factory=dict)


class _Reader:
    """Walks the parts of one multipart body, in whatever order they come."""

    def __init__(self, parser: PushMultipartParser, chunks: AsyncIterator[bytes], max_field: int) -> None:
        self._parser = parser
        self._chunks = chunks
        self._max_field = max_field
        self._events: Any = iter(())

    async def next_event(self) -> Any:
        """The next segment, bytes, or None at a segment's end; `_END` at the end of all."""
        while True:
            for event in self._events:
                return event
            chunk = await anext(self._chunks, b"")
            self._events = self._parser.parse(chunk)
            if not chunk:
                for _ in self._events:
                    pass  # an empty chunk closes the parser, which raises when the body is incomplete
                return _END

    async def text(self, name: str) -> bytes:
        """Read a small part whole."""
        data = bytearray()
        while (piece := await self.next_event()) is not None:
            data += piece
            if len(data) > self._max_field:
                raise TooLarge(f"The field {name!r} is larger than {self._max_field} bytes; only `file` may be large")
        return bytes(data)

    async def file(self) -> AsyncIterator[bytes]:
        """Yield the bytes of a part in large pieces."""
        batch = bytearray()
        while (piece := await self.next_event()) is not None:
            batch += piece
            if len(batch) >= _BATCH:
                yield bytes(batch)
                batch.clear()
        if batch:
            yield bytes(batch)


def _boundary(request: Request[Any, Any, Any]) -> str:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data":
        raise UnsupportedMediaType(f"Send multipart/form-data with a part `file` here, not {kind or 'an untyped body'}")
    if not options.get("boundary"):
        raise MalformedRequest("The Content-Type multipart/form-data names no boundary")
    return str(options["boundary"])


async def receive_upload(
    request: Request[Any, Any, Any],
    blobs: BlobStore,
    *,
    max_bytes: int,
    max_field: int,
    discard: Callable[[Blob], Awaitable[None]],
    admit: Callable[[int], Awaitable[None]],
) -> UploadedFile:
    """Read a multipart upload with one `file` part; a stored file whose upload is then refused is given to `discard`.

    `admit` is told how many bytes come at least, before they do, and raises what speaks against them.

    Raises `TooLarge` (413), `InsufficientStorage` (507), `UnsupportedMediaType` (415), `MalformedRequest` (400),
    `InvalidField` (422, no file), `DigestMismatch` (400), and what `admit` raises.
    """
    chunks = paced(request.stream())
    try:
        if (announced := request.content_length or 0) > max_bytes + 4 * max_field:
            raise TooLarge(f"The upload has {announced} bytes; this service takes files up to {max_bytes}")
        blobs.check_space(announced)
        await admit(max(0, announced - 4 * max_field))
        digests = Digests(request, *BODY_DIGESTS)
        watched = digests.watching(chunks) if digests else chunks
        return await _receive(request, watched, blobs, max_bytes, max_field, discard, digests)
    except (TooLarge, InsufficientStorage, QuotaExceeded):
        await _drain(chunks)
        raise


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Read a refused body for a while: a client that is cut off while it sends never sees the answer."""
    with suppress(TimeoutError, HTTPException):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in chunks:
                pass


async def _receive(
    request: Request[Any, Any, Any],
    chunks: AsyncIterator[bytes],
    blobs: BlobStore,
    max_bytes: int,
    max_field: int,
    discard: Callable[[Blob], Awaitable[None]],
    digests: Digests,
) -> UploadedFile:
    stored: list[UploadedFile] = []
    try:
        found = await _parts(request, chunks, blobs, max_bytes, max_field, stored)
        digests.check()
        return found
    except BaseException:
        for upload in stored:
            await discard(upload.blob)
        raise


async def _parts(
    request: Request[Any, Any, Any],
    chunks: AsyncIterator[bytes],
    blobs: BlobStore,
    max_bytes: int,
    max_field: int,
    stored: list[UploadedFile],
) -> UploadedFile:
    fields: dict[str, bytes] = {}
    try:
        with PushMultipartParser(_boundary(request), max_segment_count=16, strict=False) as parser:
            reader = _Reader(parser, chunks, max_field)
            while True:
                segment = await reader.next_event()
                if segment is _END:
                    break
                if not isinstance(segment, MultipartSegment):
                    continue
                if segment.name in fields or (segment.name == "file" and stored):
                    raise InvalidField(f"/{segment.name}", "this part was sent twice")
                if segment.name == "file":
                    blob = await blobs.put_stream(reader.file(), max_bytes)
                    stored.append(UploadedFile(blob, file_name(segment.filename or "")))
                else:
                    fields[segment.name] = await reader.text(segment.name)
    except MultipartError as error:
        raise MalformedRequest(f"The multipart body is damaged: {error}") from error
    if not stored:
        raise InvalidField("/file", "send the file as the multipart part `file`")
    upload = stored[0]
    if upload.blob.size == 0:
        raise InvalidField("/file", "the file is empty")
    unknown = sorted(set(fields) - {"metadata"})
    if unknown:
        raise InvalidField(f"/{unknown[0]}", "there is no such part; send `file` and `metadata`")
    upload.fields = fields
    return upload


async def read_metadata(upload: UploadedFile, model: type[M]) -> M:
    """Read the part `metadata`; none is an empty object. Raises `InvalidField`."""
    text = upload.fields.get("metadata", b"")
    try:
        return await load(text if text.strip() else b"{}", model, "/metadata")
    except (MalformedRequest, InvalidField) as error:
        raise InvalidField("/metadata", error.detail.replace("The body", "the part `metadata`")) from error
