"""HTTP calls to a registry: what goes wrong is `NotYet` or `Gone`, and no message holds a secret."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from openapi.base import JsonObject
from openapi.wire.settings import Settings
from service.integrations.base import Gone, NotYet, VersionRefused
from service.integrations.config import Config
from service.integrations.transport import CheckedTransport
from service.outgoing import CONNECTION_ERRORS, ForbiddenAddress, networks

_SECONDS = 30.0
_CHUNK = 1 << 20
#: Of an answer in JSON, and of what a registry says is wrong.
_MOST_JSON, _MOST_SAID = 64 << 20, 300


class Api:
    """The API of an integration's registry, called with its secrets and at allowed addresses alone."""

    def __init__(self, config: Config, settings: Settings) -> None:
        headers = {"user-agent": f"tremor/{version('tremor')}"}
        if config.token is not None:
            headers["authorization"] = f"Bearer {config.token.get_secret_value()}"
        auth = None
        if config.username is not None and config.password is not None:
            auth = httpx.BasicAuth(config.username, config.password.get_secret_value())
        # Redirects lead to stores of content; httpx keeps the secrets from other hosts.
        self._client = httpx.AsyncClient(
            base_url=str(config.tracking_uri).rstrip("/"),
            headers=httpx.Headers(headers, encoding="utf-8"),  # a token may hold other letters than ASCII's
            auth=auth,
            timeout=_SECONDS,
            follow_redirects=True,
            transport=CheckedTransport(networks(settings.registry_networks)),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def json(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: JsonObject | None = None
    ) -> Any:
        """Call, and read the JSON that is answered."""
        async with self._stream(method, path, params=params, json=body) as answer:
            data = bytearray()
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) > _MOST_JSON:
                    raise NotYet(f"{path} answers more than {_MOST_JSON} bytes")
        try:
            return httpx.Response(200, content=bytes(data)).json() if data else {}
        except ValueError as error:
            raise NotYet(f"{path} answers no JSON") from error

    async def fetch(self, path: str, target: Path, most: int, *, params: Mapping[str, str] | None = None) -> None:
        """Write content to a file. Raises `VersionRefused` for more than `most` bytes."""
        size = 0
        async with self._stream("GET", path, params=params) as answer:
            with target.open("wb") as file:
                async for chunk in answer.aiter_bytes(_CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise VersionRefused(f"The version's file is larger than the {most} bytes that are taken here")
                    await asyncio.to_thread(file.write, chunk)

    async def send(self, path: str, source: Path) -> None:
        """Put a file."""

        async def chunks() -> AsyncIterator[bytes]:
            with source.open("rb") as file:
                while chunk := await asyncio.to_thread(file.read, _CHUNK):
                    yield chunk

        headers = {"content-length": str(source.stat().st_size)}
        async with self._stream("PUT", path, content=chunks(), headers=headers):
            return

    @asynccontextmanager
    async def _stream(self, method: str, path: str, **options: Any) -> AsyncIterator[httpx.Response]:
        try:
            async with self._client.stream(method, path, **options) as answer:
                if answer.is_success:
                    yield answer
                    return
                said = (await answer.aread())[:_MOST_SAID].decode(errors="replace")
                text = f"{answer.url.path} answers {answer.status_code}: {said}"
                raise Gone(text) if answer.status_code == httpx.codes.NOT_FOUND else NotYet(text)
        except ForbiddenAddress as error:
            raise NotYet(f"{error}; TREMOR_REGISTRY_NETWORKS names networks that are allowed all the same") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError, *CONNECTION_ERRORS) as error:
            raise NotYet(f"{path}: {type(error).__name__}: {error}"[:_MOST_SAID]) from error
