"""What the OpenAPI document says of requests beyond path and query: headers and bodies."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from service.http import tus
from service.http.docs import Doc
from service.http.idempotency import IDEMPOTENCY_KEY
from service.jobs.events import EVENT_ID

_DIGEST = r"^(sha-256=:[A-Za-z0-9+/]{43}=:|sha-512=:[A-Za-z0-9+/]{86}==:)$"
_CHECKSUM = r"^(sha1 [A-Za-z0-9+/]{27}=|sha256 [A-Za-z0-9+/]{43}=|sha512 [A-Za-z0-9+/]{86}==)$"
_BYTES = r"^[0-9]{1,15}$"

_PATTERNS = {
    "Idempotency-Key": IDEMPOTENCY_KEY,
    "Last-Event-ID": EVENT_ID,
    "Tus-Resumable": r"^1\.0\.0$",
    "Upload-Length": _BYTES,
    "Upload-Offset": _BYTES,
    "Upload-Metadata": r"^(filename [A-Za-z0-9+/]{4,200})?$",
    "Upload-Checksum": _CHECKSUM,
    "Content-Digest": _DIGEST,
    "Repr-Digest": _DIGEST,
}

_HEADERS = {
    "Idempotency-Key": "Same key and body: the first answer again. Same key, other body: 409",
    "Last-Event-ID": "Id of the last event that was seen; the stream goes on after it; unknown: from the beginning",
    "Range": "One range of bytes, e.g. `bytes=0-1023` or `bytes=-500`",
    "If-Range": "An ETag: the range is sent only if the content is still that",
    "If-None-Match": "ETags: 304 if the content is one of those",
    "Tus-Resumable": "The version of tus that is spoken",
    "Upload-Length": "Bytes that the whole file has",
    "Upload-Offset": "Where the part begins: as many bytes as have come",
    "Upload-Metadata": "Names, each with a text in base64; `filename` is the file's",
    "Upload-Checksum": "A hash of the part: sha1, sha256 or sha512, a blank, and base64",
    "Content-Digest": "A hash of the body (RFC 9530); 400 where it has another",
    "Repr-Digest": "A hash of the whole: of a file that comes in parts, else of the body (RFC 9530)",
}

_FILE = {"type": "string", "format": "binary", "description": "The file's bytes"}


def header_parameters(doc: Doc) -> list[dict[str, Any]]:
    """The headers that an operation needs and understands."""
    return [_parameter(name, required=name in doc.needs) for name in (*doc.needs, *doc.headers)]


def _parameter(name: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": _HEADERS[name],
        "schema": {"type": "string", **({"pattern": _PATTERNS[name]} if name in _PATTERNS else {})},
    }


def request_body(doc: Doc, schema_of: Callable[[type[BaseModel]], dict[str, Any]]) -> dict[str, Any] | None:
    """The bodies that an operation takes, by media type; None where it takes none."""
    content: dict[str, Any] = {}
    if doc.upload is not None:
        content["multipart/form-data"] = _multipart(doc, schema_of(doc.upload))
    if doc.body is not None:
        content["application/json"] = {"schema": schema_of(doc.body)}
        if "body" in doc.examples:
            content["application/json"]["example"] = doc.examples["body"]
    if doc.part:
        content[tus.MEDIA_TYPE] = {"schema": _FILE}
    optional = doc.optional or (doc.part and "Upload-Length" in doc.needs)
    return {"required": not optional, "content": content} if content else None


def _multipart(doc: Doc, metadata: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["file"],
        "additionalProperties": False,
        "properties": {"file": _FILE, "metadata": metadata},
    }
    media = {"schema": schema, "encoding": {"metadata": {"contentType": "application/json"}}}
    given = {name: value for name, value in doc.examples.items() if name != "body"}
    return {**media, "example": {"file": "(bytes)", **given}} if given else media
