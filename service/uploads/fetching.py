"""Files that callers name by an address: fetched from hosts that the settings list.

Where a name leads is decided when the connection is made (`service.outgoing`), and anew at each redirect.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from importlib.metadata import version
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httpcore

from openapi.problems import InvalidField
from openapi.text import file_name, visible
from openapi.wire.jobs import Blob
from openapi.wire.settings import Settings
from service.context import Services
from service.outgoing import ForbiddenAddress, checked_pool, networks

_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
#: A host that says nothing for so long is given up.
_SILENCE_SECONDS = 30.0
_HEADERS = {"user-agent": f"tremor/{version('tremor')}", "accept": "*/*", "accept-encoding": "identity"}


@dataclass(frozen=True)
class Fetched:
    """A file that is in the store now, and its name at its host."""

    blob: Blob
    filename: str


def check_address(url: str, settings: Settings) -> SplitResult:
    """The parts of an address that may be fetched. Raises `InvalidField` for any other."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().rstrip(".")
        is_web = parts.scheme in ("http", "https") and bool(host) and parts.port != 0
    except ValueError:
        raise _wrong("that is no address") from None
    if not is_web or parts.username is not None or parts.password is not None:
        raise _wrong("only http and https are fetched, without a user in the address")
    if not any(_names(entry.lower(), host) for entry in settings.import_hosts):
        listed = ", ".join(settings.import_hosts) or "none"
        raise _wrong(f"files are not fetched from {visible(host)[:200]!r}; hosts of TREMOR_IMPORT_HOSTS: {listed}")
    return parts


def _names(entry: str, host: str) -> bool:
    """``*.example.org`` is every name below example.org."""
    return entry == host or (entry.startswith("*.") and host.endswith(entry[1:]))


def _wrong(detail: str) -> InvalidField:
    return InvalidField("/url", detail)


async def fetch(services: Services, url: str, max_bytes: int, admit: Callable[[int], Awaitable[None]]) -> Fetched:
    """Fetch a file into the store; `admit` is told how long it says that it is, and raises what speaks against it.

    Raises `InvalidField` for whatever is wrong with the address or its answer, `TooLarge`, `InsufficientStorage`.
    """
    settings = services.settings
    try:
        async with (
            asyncio.timeout(settings.import_seconds),
            checked_pool(networks(settings.import_networks)) as pool,
        ):
            first = urlsplit(url)
            for _ in range(1 + _MOST_REDIRECTS):
                parts = check_address(url, settings)
                if first.scheme == "https" != parts.scheme:
                    raise _wrong("it leads from https to http")
                async with _asked(pool, url) as answer:
                    if answer.status in _REDIRECTS:
                        url = urljoin(url, _header(answer, b"location") or "")
                        continue
                    size = _size(answer, parts, max_bytes)
                    await admit(size or 0)
                    blob = await services.blobs.put_stream(_content(answer, size), max_bytes)
                    return Fetched(blob, file_name(unquote(parts.path)))
            raise _wrong(f"it leads on more than {_MOST_REDIRECTS} times")
    except ForbiddenAddress as error:
        raise _wrong(str(error)) from error
    except TimeoutError as error:
        raise _wrong(f"the file did not come within {settings.import_seconds:g} seconds") from error
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, UnicodeError) as error:
        raise _wrong(f"it cannot be fetched: {type(error).__name__} {visible(str(error))[:200]}") from error


def _asked(pool: httpcore.AsyncConnectionPool, url: str) -> AbstractAsyncContextManager[httpcore.Response]:
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _SILENCE_SECONDS)
    return pool.stream("GET", url.partition("#")[0], headers=list(_HEADERS.items()), extensions={"timeout": timeout})


def _header(answer: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in answer.headers if key.lower() == name), None)


def _size(answer: httpcore.Response, parts: SplitResult, max_bytes: int) -> int | None:
    """How long the file says that it is. Raises `InvalidField` for an answer that is no file of ours."""
    if answer.status != 200:
        raise _wrong(f"{visible(parts.hostname or '')} answered {answer.status}")
    if (_header(answer, b"content-encoding") or "identity").lower() != "identity":
        raise _wrong("the host sends the file encoded, though it was asked not to")
    text = _header(answer, b"content-length")
    size = int(text) if text is not None and text.isdigit() else None
    if size is not None and size > max_bytes:
        raise _wrong(f"the file has {size} bytes; this service takes files up to {max_bytes}")
    return size


async def _content(answer: httpcore.Response, size: int | None) -> AsyncIterator[bytes]:
    """The file's bytes, which are as many as were said."""
    came = 0
    async for chunk in answer.aiter_stream():
        came += len(chunk)
        yield chunk
    if size is not None and came != size:
        raise _wrong(f"the file broke off: {came} of {size} bytes came")
    if came == 0:
        raise _wrong("the file is empty")
