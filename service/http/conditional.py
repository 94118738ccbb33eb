"""Answers that are made of content that never changes: the same bytes for the same address, under a strong ETag."""

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from importlib import metadata
from typing import Any

from litestar import Request, Response

from service.http.content import matches

#: Raised when the same content is answered otherwise: strong ETags stand for bytes.
_ANSWERS = 1


@cache
def _version() -> str:
    """Of this program: reading it takes as long as a small answer."""
    return metadata.version("tremor")


async def conditional(
    request: Request[Any, Any, Any], sha256: str, render: Callable[[], Awaitable[bytes]], media_type: str
) -> Response[Any]:
    """Answer with what `render` makes of the content; nothing is made, and 304, when the caller has it already."""
    asked = f"{_version()} {_ANSWERS} {sha256} {request.scope['path']}?".encode()
    digest = hashlib.sha256(asked + bytes(request.scope["query_string"])).hexdigest()
    headers = {"ETag": f'"{digest[:40]}"', "Cache-Control": "private, no-cache"}  # access to it may end
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(b"", status_code=304, headers=headers)
    return Response(await render(), media_type=media_type, headers=headers)
