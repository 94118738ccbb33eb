"""JSON bodies: read with a cap, checked by the contract's pydantic models, errors as JSON pointers."""

import asyncio
import json
from email.message import Message
from typing import Any, TypeVar

from litestar import Request, Response
from pydantic import BaseModel

from openapi.problems import InvalidField, TooLarge
from openapi.request_errors import MalformedRequest, UnsupportedMediaType
from openapi.text import one_line, visible
from service.fields import parse, pointer
from service.http.digests import BODY_DIGESTS, Digests

M = TypeVar("M", bound=BaseModel)

#: Bodies up to this are read at once; larger ones must not hold the event loop.
_SMALL = 16_384
#: No request has a use for more: a list of 100,000 class names is the largest thing that one holds.
_DEEPEST, _MOST_VALUES, _MOST_MEMBERS = 32, 300_000, 5_000
#: So much of a name stands in an error.
_MOST_SHOWN = 80


def parse_json(data: bytes) -> Any:
    """Read strict JSON: no NaN, no duplicate keys, no half characters, no NUL in a text.

    Raises `MalformedRequest`, or `InvalidField` for a NUL, which PostgreSQL cannot store.
    """
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
        if b"\\ud" in data.lower():
            json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no text and cannot be stored
    except (ValueError, RecursionError) as error:
        raise MalformedRequest(f"The body is not JSON: {error}") from error
    try:
        _bounded(found)
    except ValueError as error:
        raise MalformedRequest(f"The body is no request: {error}") from error
    if b"\\u0000" in data and (where := _nul(found)) is not None:
        raise InvalidField(where, "a text holds the character NUL, which cannot be stored")
    return found


def _nul(value: Any) -> str | None:
    """Pointer to the first text that holds a NUL."""
    if isinstance(value, str):
        return "" if "\0" in value else None
    steps: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        if any("\0" in key for key in value):
            return ""
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    for step, inner in steps:
        if (rest := _nul(inner)) is not None:
            return pointer([step], value) + rest
    return None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > _MOST_MEMBERS:
        raise ValueError(f"an object has more than {_MOST_MEMBERS:,} members")
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {json.dumps(name)[:_MOST_SHOWN]} appears twice in one object")
        found[name] = value
    return found


def _bounded(found: Any) -> None:
    """Refuse what is nested or counted beyond all use: each step from here on takes time for every value."""
    level, count, depth = [found], 0, 0
    while level:
        count, depth = count + len(level), depth + 1
        if depth > _DEEPEST:
            raise ValueError(f"it is nested more than {_DEEPEST} levels deep")
        if count > _MOST_VALUES:
            raise ValueError(f"it holds more than {_MOST_VALUES:,} values")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = inner


async def load(data: bytes, model: type[M], prefix: str = "") -> M:
    """Read and check JSON by a contract model; a large body in a thread, since everybody else waits for the loop."""

    def work() -> M:
        return parse(model, parse_json(data), prefix)

    return work() if len(data) <= _SMALL else await asyncio.to_thread(work)


def is_json(request: Request[Any, Any, Any], absent: str = "") -> bool:
    """Whether the body is said to be JSON; `absent`: what it is where nothing is said."""
    kind = _media_type(request, absent)
    return kind == "application/json" or kind.endswith("+json")


def _media_type(request: Request[Any, Any, Any], absent: str) -> str:
    return str(request.headers.get("content-type", absent)).partition(";")[0].strip().lower()


def _check_writing(request: Request[Any, Any, Any]) -> None:
    """Refuse what is said to be no plain UTF-8: it is read as such, whatever it is said to be."""
    coding = str(request.headers.get("content-encoding", "")).strip()
    if coding.lower() not in ("", "identity"):
        raise UnsupportedMediaType(f"Send JSON as it is, without Content-Encoding: {visible(coding)[:100]} is not read")
    said = Message()
    said["content-type"] = str(request.headers.get("content-type", ""))
    charset = said.get_content_charset("utf-8")
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"Send JSON in UTF-8, not in {visible(charset)[:100]}")


async def read_json(
    request: Request[Any, Any, Any], model: type[M], most: int | None = None, *, optional: bool = False
) -> M:
    """Read and check the request's JSON body. 400 unreadable, 413 too large, 415 not JSON, 422 wrong fields.

    `most`: bytes that it may have, where the handler takes larger bodies of other kinds; `optional`: no body is ``{}``.
    """
    if not is_json(request, "application/json"):
        raise UnsupportedMediaType(f"Send application/json here, not {_media_type(request, '') or 'nothing'}")
    _check_writing(request)
    digests = Digests(request, *BODY_DIGESTS)
    data = await request.body() if most is None else await _short(request, most)
    digests.update(data)
    digests.check()
    return await load(b"{}" if optional and not data else data, model)


async def _short(request: Request[Any, Any, Any], most: int) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most:
            raise TooLarge(f"The body is larger than the {most} bytes that this service takes of JSON")
    return bytes(data)


def answer(
    model: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None, media_type: str = "application/json"
) -> Response[Any]:
    """Answer with a contract model, written by pydantic under the contract's names."""
    return Response(
        one_line(model.model_dump_json(by_alias=True)).encode(),
        status_code=status,
        media_type=media_type,
        headers=headers,
    )
