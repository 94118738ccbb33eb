"""Downloads of blobs: ranges, strong ETags, conditional requests, digests (RFC 9110, RFC 9530)."""

import base64
import re
from typing import Any, Protocol
from urllib.parse import quote

from litestar import Request, Response
from litestar.response import Stream

from openapi.request_errors import RangeNotSatisfiable
from openapi.text import visible
from openapi.wire.blobs import BlobStore
from service.db.tables import Artifact
from service.resumable.direct_store import DirectStore

_RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))\s*")

#: Format of a file → its media type.
MEDIA_TYPES = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "html": "text/html",  # the framework adds the charset
    "npz": "application/x-npz",
    "zip": "application/zip",
    "npy": "application/x-npy",
    "png": "image/png",
    "svg": "image/svg+xml",
    "md": "text/markdown",
    "py": "text/x-python",
}

#: Contents up to this are read whole and compared with their hash before they are answered.
_AT_ONCE = 1 << 20

#: A page of ours holds its own styles and pictures and no script; it may load nothing, nor send anything anywhere.
PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the asked ``[start, end)``; None means the whole content.

    Headers of another unit, of several ranges or of wrong syntax are ignored, as RFC 9110 allows.
    Raises `RangeNotSatisfiable` when the range begins behind the end.
    """
    match = _RANGE.fullmatch(header) if header else None
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size
        satisfiable = int(suffix) > 0 and size > 0
    else:
        start, end = int(first), size if not last else min(int(last) + 1, size)
        if last and int(last) < start:
            return None
        satisfiable = start < size
    if not satisfiable:
        raise RangeNotSatisfiable(f"The content has {size} bytes; the range {header!r} lies outside", size=size)
    return start, end


def matches(header: str | None, etag: str) -> bool:
    """Whether an If-None-Match list names the tag (weak comparison)."""
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags


def disposition(name: str, *, inline: bool = False) -> str:
    """A Content-Disposition that offers `name` as file name, whatever characters it holds (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    encoded = quote(visible(name), safe="")
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"


async def stored_file(
    request: Request[Any, Any, Any],
    blobs: BlobStore,
    store: DirectStore | None,
    *,
    sha256: str,
    size: int,
    media_type: str,
    name: str,
) -> Response[Any]:
    """Answer with a file, or with where it is read from in the `store` (None: it is read here).

    Only HEAD is always answered here: an address is signed for one method.
    """
    if store is None or request.method == "HEAD":
        return await content_response(request, blobs, sha256=sha256, size=size, media_type=media_type, name=name)
    await blobs.require(sha256, size)
    headers = {"Location": store.content(sha256, media_type, disposition(name)), "Cache-Control": "private, no-store"}
    return Response(b"", status_code=307, headers=headers)


async def content_response(
    request: Request[Any, Any, Any],
    blobs: BlobStore,
    *,
    sha256: str,
    size: int,
    media_type: str,
    name: str,
    inline: bool = False,
) -> Response[Any]:
    """Answer GET or HEAD with a blob's bytes, streamed from the store.

    Raises `BlobMissing` or `BlobDamaged` where it is not there in its size; what is read at once is checked whole.
    """
    etag = f'"{sha256}"'
    digest = f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Repr-Digest": digest,
        "Cache-Control": "private, no-cache",  # content never changes, but access to it may end
        "X-Content-Type-Options": "nosniff",
    }
    if matches(request.headers.get("if-none-match"), etag):
        return Response(b"", status_code=304, headers=headers)
    headers["Content-Disposition"] = disposition(name, inline=inline)
    if media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = PAGE_POLICY
        headers["Referrer-Policy"] = "no-referrer"
    if_range = request.headers.get("if-range")
    wanted = parse_range(request.headers.get("range"), size) if if_range in (None, etag) else None
    start, end = wanted or (0, size)
    headers["Content-Length"] = str(end - start)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    else:
        headers["Content-Digest"] = digest
    status = 206 if wanted else 200
    if request.method == "HEAD":
        await blobs.require(sha256, size)
        return Response(b"", status_code=status, headers=headers, media_type=media_type)
    if size <= _AT_ONCE:
        data = (await blobs.read_async(sha256))[start:end]
        return Response(data, status_code=status, headers=headers, media_type=media_type)
    chunks = await blobs.open_range(sha256, size, start, end)
    return Stream(chunks, status_code=status, headers=headers, media_type=media_type)


class Reporting(Protocol):
    """Who finds the files of jobs."""

    async def file(self, identity: str, kind: str, format: str) -> Artifact:
        """The job's artifact of a kind and format."""


async def report_response(
    request: Request[Any, Any, Any], blobs: BlobStore, jobs: Reporting, identity: str, format: str
) -> Response[Any]:
    """Answer with a job's report as ``json`` or ``html``, with ranges and ETag as any content."""
    found = await jobs.file(identity, "report", format)
    return await content_response(
        request,
        blobs,
        sha256=found.sha256,
        size=found.size,
        media_type=MEDIA_TYPES[format],
        name=f"{identity}.{format}",
        inline=True,
    )
