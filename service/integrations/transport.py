"""What `service.outgoing` allows, for a client of httpx."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence

import httpcore
import httpx

from service.outgoing import Network, checked_pool


class CheckedTransport(httpx.AsyncBaseTransport):
    """Connections to allowed addresses, for a client that follows redirects and knows secrets.

    Raises `CONNECTION_ERRORS` beside httpx's own.
    """

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._pool = checked_pool(allowed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and answer with a stream."""
        assert isinstance(request.stream, httpx.AsyncByteStream)
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        found = await self._pool.handle_async_request(asked)
        assert isinstance(found.stream, AsyncIterable)
        return httpx.Response(
            found.status, headers=found.headers, stream=_Answer(found), extensions=dict(found.extensions)
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()


class _Answer(httpx.AsyncByteStream):
    """What httpcore answers, as httpx reads it."""

    def __init__(self, found: httpcore.Response) -> None:
        self._found = found

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._found.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._found.aclose()
