"""The headers of tus 1.0 (https://tus.io/protocols/resumable-upload): read from requests, and written into answers."""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from datetime import UTC
from email.utils import format_datetime
from typing import Any, cast

from litestar import Request
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from openapi.request_errors import MalformedRequest, UnsupportedMediaType, UnsupportedVersion
from openapi.uploads import UploadInfo
from service.http.digests import CHECKSUMS, Digests
from service.http.pacing import paced

VERSION = "1.0.0"
#: What a part is sent as.
MEDIA_TYPE = "application/offset+octet-stream"
EXTENSIONS = ("creation", "creation-with-upload", "termination", "checksum", "expiration")

_NUMBER = re.compile(r"[0-9]{1,15}")
#: `Upload-Metadata` is kept and told again: names that are no part of it end a word.
_KEY = re.compile(r"[!-+\--~]+")
_LONGEST_METADATA = 4000

Req = Request[Any, Any, Any]


def tell_version(app: ASGIApp) -> ASGIApp:
    """Middleware that puts `Tus-Resumable` into every answer, refusals included."""

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"tus-resumable", VERSION.encode())]
            await send(message)

        await app(scope, receive, with_version)

    return told


def overridden(app: ASGIApp) -> ASGIApp:
    """Middleware that takes POST with `X-HTTP-Method-Override` for PATCH or DELETE of an upload, before it is routed.

    For those whose way here lets only GET and POST through (tus 1.0).
    """

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] == "POST" and scope["path"].startswith("/v1/uploads/"):
            named = (value for name, value in scope["headers"] if name == b"x-http-method-override")
            if (method := next(named, b"").decode("latin-1").strip().upper()) in ("PATCH", "DELETE"):
                scope = cast(Scope, {**scope, "method": method})
        await app(scope, receive, send)

    return routed


def capabilities(most_bytes: int) -> dict[str, str]:
    """What OPTIONS tells of the server."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        "Tus-Max-Size": str(most_bytes),
    }


def require_version(request: Req, *, said: bool = True) -> None:
    """Raise `UnsupportedVersion` where the client speaks another version; with `said` also where it says none."""
    found = request.headers.get("tus-resumable")
    if found != VERSION and (said or found is not None):
        raise UnsupportedVersion(f"Send Tus-Resumable: {VERSION}; this service speaks no other version of tus")


def require_part(request: Req) -> None:
    """Raise `UnsupportedMediaType` where the body is not sent as a part."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != MEDIA_TYPE:
        raise UnsupportedMediaType(f"Send {MEDIA_TYPE} here, not {kind or 'nothing'}")


def number_of(request: Req, name: str) -> int:
    """A header that counts bytes. Raises `MalformedRequest`."""
    text = request.headers.get(name.lower())
    if text is None or not _NUMBER.fullmatch(text):
        raise MalformedRequest(f"{name} is missing or no number of bytes")
    return int(text)


def length_of(request: Req) -> int:
    """How long the file will be. Raises `MalformedRequest`, also for extensions of tus that are not there."""
    for name in ("Upload-Defer-Length", "Upload-Concat"):
        if name.lower() in request.headers:
            raise MalformedRequest(f"{name} is an extension of tus that this service does not have")
    return number_of(request, "Upload-Length")


def metadata_of(request: Req) -> tuple[str, str]:
    """`Upload-Metadata` as it came, and the file's name in it (or an empty text). Raises `MalformedRequest`."""
    text = request.headers.get("upload-metadata", "").strip()
    if len(text) > _LONGEST_METADATA:
        raise MalformedRequest(f"Upload-Metadata has more than {_LONGEST_METADATA} characters")
    found: dict[str, bytes] = {}
    for pair in text.split(",") if text else ():
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise MalformedRequest("Upload-Metadata is a list of different names, each with a text in base64")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True)
        except binascii.Error as error:
            raise MalformedRequest(f"Upload-Metadata: the text of {key[:50]!r} is no base64") from error
    return text, (found.get("filename") or found.get("name") or b"").decode(errors="replace")


def answer_headers(info: UploadInfo) -> dict[str, str]:
    """What answers say of an upload."""
    return {
        "Upload-Offset": str(info.offset),
        "Upload-Length": str(info.length),
        "Upload-Expires": format_datetime(info.expires_at.astimezone(UTC), usegmt=True),
        "Cache-Control": "no-store",
    }


class Part:
    """The body of a request that brings a part of a file.

    Where the connection breaks before its end, what has come is worth keeping: the bytes just end, and `check` raises
    what happened. A part that is to be compared with a hash is worth nothing before all of it is there.
    """

    def __init__(self, request: Req) -> None:
        """Raises `MalformedRequest` for hashes that cannot be read."""
        self._chunks = paced(request.stream())
        self._digests = Digests(request, "Content-Digest", checksum=True)
        self._broken: HTTPException | None = None

    @property
    def verify(self) -> Any:
        """Raises unless all came as it was said; None where nothing was said."""
        return self._digests.check if self._digests else None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._chunks:
                self._digests.update(chunk)
                yield chunk
        except HTTPException as error:
            if self._digests:
                raise
            self._broken = error

    def check(self) -> None:
        """Raise what ended the body too soon."""
        if self._broken is not None:
            raise self._broken
