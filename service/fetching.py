"""Files from addresses that callers name: from hosts on a list alone, over connections to addresses that are allowed.

Each redirect is looked at like the first address; see `service.outgoing` for where connections may lead.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from importlib.metadata import version
from urllib.parse import urljoin, urlsplit

import httpcore

from service.outgoing import ForbiddenAddress

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_SECONDS = 30.0
_HEADERS = [("user-agent", f"tremor/{version('tremor')}"), ("accept-encoding", "identity")]


class NotFetched(Exception):
    """There is no content to be had from an address now; it may be later."""


class NotAllowed(Exception):
    """The address, or one that it leads to, is none that files are fetched from."""


def check_host(url: str, hosts: Collection[str]) -> None:
    """Raise `NotAllowed` unless the address is http(s) on one of the hosts; * in those stands for any text."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not any(fnmatchcase(host, name.lower()) for name in hosts):
        raise NotAllowed(f"files are not fetched from {host[:100] or 'there'}: it is not on the list of hosts")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("an address from which a file is fetched holds no user")


@asynccontextmanager
async def content_of(
    pool: httpcore.AsyncConnectionPool, url: str, hosts: Collection[str]
) -> AsyncIterator[AsyncIterator[bytes]]:
    """The content at an address, as it comes. Raises `NotFetched` and `NotAllowed`, also while it is read."""
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _SECONDS)
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            check_host(url, hosts)
            async with pool.stream("GET", url, headers=_HEADERS, extensions={"timeout": timeout}) as answer:
                if answer.status not in _REDIRECTS:
                    if answer.status != 200:
                        raise NotFetched(f"{urlsplit(url).hostname} answers {answer.status}")
                    if _encoded(answer):
                        raise NotFetched(f"{urlsplit(url).hostname} sends it encoded, though it was asked not to")
                    yield answer.aiter_stream()
                    return
                url = _next(url, answer)
    except ForbiddenAddress as error:
        raise NotAllowed(str(error)) from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        raise NotFetched(f"{urlsplit(url).hostname}: {type(error).__name__}: {error}"[:200]) from error
    raise NotFetched(f"{urlsplit(url).hostname} sends one from address to address")


def _encoded(answer: httpcore.Response) -> bool:
    return any(name.lower() == b"content-encoding" and value.lower() != b"identity" for name, value in answer.headers)


def _next(url: str, answer: httpcore.Response) -> str:
    """Where a redirect leads."""
    places = [value.decode("latin-1") for name, value in answer.headers if name.lower() == b"location"]
    found = urljoin(url, places[0]) if places else ""
    if url.startswith("https:") and not found.startswith("https:"):
        raise NotAllowed("an encrypted address leads to one that is not")
    return found
