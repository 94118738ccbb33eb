"""What a request says of its content by a hash, compared while the content arrives (RFC 9530; tus 1.0, checksum)."""

import base64
import binascii
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from litestar import Request

from openapi.problems import TremorError
from openapi.request_errors import ChecksumMismatch, DigestMismatch, MalformedRequest

#: Headers that tell of a body as it is sent. Nothing is encoded here, so both say the same.
BODY_DIGESTS = ("Content-Digest", "Repr-Digest")

#: RFC 9530's registry: the two that are there for security; its others are there for accidents, and are ignored.
_HASHES = {"sha-256": "sha256", "sha-512": "sha512"}
#: Those of `Upload-Checksum`; tus wants SHA-1 of every server.
CHECKSUMS = ("sha1", "sha256", "sha512")

#: One member of a dictionary of structured fields (RFC 9651): a name and bytes; parameters are ignored.
_MEMBER = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):(?:;[^,]*)?\s*")


@dataclass(frozen=True)
class _Said:
    """A hash that is computed, and what it must come to."""

    digest: Any
    expected: bytes
    wrong: TremorError


def read_digests(field: str, text: str) -> dict[str, bytes]:
    """``sha-256=:…:, sha-512=:…:`` → the bytes of those that are known here.

    Raises `MalformedRequest` for what is no such list, and where none of its hashes can be compared: whoever sends one
    counts on it.
    """
    found: dict[str, bytes] = {}
    for member in text.split(","):
        match = _MEMBER.fullmatch(member)
        if match is None:
            raise MalformedRequest(f"{field} is a list of hashes such as sha-256=:BASE64:, not {text[:200]!r}")
        name, value = match.groups()
        if name in _HASHES:
            found[name] = _bytes_of(value, hashlib.new(_HASHES[name]).digest_size, field)
    if not found:
        raise MalformedRequest(f"{field} names no hash that is compared here: send sha-256 or sha-512")
    return found


def _bytes_of(text: str, size: int, field: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise MalformedRequest(f"{field}: {text[:200]!r} is no base64") from error
    if len(found) != size:
        raise MalformedRequest(f"{field}: that hash has {size} bytes, not {len(found)}")
    return found


def _checksum(text: str) -> _Said:
    """What `Upload-Checksum` says: ``sha1 BASE64``."""
    name, _, value = text.partition(" ")
    if name not in CHECKSUMS:
        raise MalformedRequest(f"Upload-Checksum: {name[:50]!r} is not known here; {', '.join(CHECKSUMS)} are")
    digest = hashlib.new(name, usedforsecurity=False)
    wrong = ChecksumMismatch(f"The bytes that came do not have the {name} that was said of them; they were thrown away")
    return _Said(digest, _bytes_of(value.strip(), digest.digest_size, "Upload-Checksum"), wrong)


def _said(request: Request[Any, Any, Any], *fields: str) -> Iterator[_Said]:
    for field in fields:
        if (text := request.headers.get(field.lower())) is not None:
            for name, expected in read_digests(field, text).items():
                wrong = DigestMismatch(f"The content does not have the {name} that {field} says; nothing was kept")
                yield _Said(hashlib.new(_HASHES[name]), expected, wrong)


class Digests:
    """All that a request says of its content: `update` it with what comes, `check` at the end."""

    def __init__(self, request: Request[Any, Any, Any], *fields: str, checksum: bool = False) -> None:
        """`fields`: the headers of RFC 9530 to look at; `checksum`: `Upload-Checksum` as well. `MalformedRequest`."""
        self._all = list(_said(request, *fields))
        if checksum and (text := request.headers.get("upload-checksum")) is not None:
            self._all.append(_checksum(text))

    def __bool__(self) -> bool:
        return bool(self._all)

    def update(self, chunk: bytes) -> None:
        """Take the next bytes."""
        for said in self._all:
            said.digest.update(chunk)

    def check(self) -> None:
        """Raise `DigestMismatch` or `ChecksumMismatch` unless the bytes were what was said."""
        for said in self._all:
            if said.digest.digest() != said.expected:
                raise said.wrong

    async def watching(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The same chunks."""
        async for chunk in chunks:
            self.update(chunk)
            yield chunk
