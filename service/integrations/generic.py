"""Any registry that can send a signed message: it says which version there is, and where its file lies.

Messages are signed by Standard Webhooks (https://www.standardwebhooks.com). Nothing is written back: webhooks tell what
was found (see `service.webhooks`), under the labels `integration`, `registered_model` and `registered_version`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

import httpcore
from pydantic import ValidationError

from openapi.integrations import VersionEvent
from openapi.models import ModelMetadata
from openapi.problems import InvalidFields, Unauthorized
from openapi.request_errors import MalformedRequest
from openapi.wire.settings import Settings
from service.fetching import NotAllowed, NotFetched, content_of
from service.fields import field_errors, read_strictly
from service.integrations.base import Artifact, NotYet, Outcome, Registry, Spool, Version, VersionRefused
from service.integrations.config import Config
from service.outgoing import checked_pool, networks
from service.webhooks.signing import is_signed, raw


class Generic(Registry):
    """A registry that tells of versions and is asked nothing."""

    def __init__(self, config: Config, settings: Settings) -> None:
        super().__init__(config, settings)
        self._pool: httpcore.AsyncConnectionPool = checked_pool(networks(settings.import_networks))

    async def close(self) -> None:
        """Close its connections."""
        await self._pool.aclose()

    def read_event(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Version | None:
        """The version that is told of (`VersionEvent`)."""
        secret = self.config.secret
        identity, at, signature = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        if secret is None or not is_signed(identity, at, body, signature, raw(secret.get_secret_value()), now):
            raise Unauthorized("The event is not signed by this registry, or it is too old")
        return told(_read(body))

    async def versions(self) -> AsyncIterator[Version]:
        """None: it is not asked."""
        for _ in ():
            yield _

    async def fetch(self, version: Version, spool: Spool) -> Artifact:
        """The file at the address of the event."""
        path, url, size = spool.new(), version.told["url"], 0
        assert isinstance(url, str)
        try:
            async with content_of(self._pool, url, self.settings.import_hosts) as chunks:
                with path.open("wb") as file:
                    async for chunk in chunks:
                        size += len(chunk)
                        if size > spool.most_bytes:
                            raise VersionRefused(f"The file is larger than the {spool.most_bytes} bytes taken here")
                        await asyncio.to_thread(file.write, chunk)
        except NotAllowed as error:
            raise VersionRefused(f"The version's file is not fetched: {error}") from error
        except NotFetched as error:
            raise NotYet(str(error)) from error
        metadata = ModelMetadata.model_validate(version.told.get("metadata") or {})
        name = urlsplit(url).path.rpartition("/")[2] or f"{version.model}-{version.version}"
        return Artifact(path, name[:200], metadata, metadata.tags)

    async def report(self, version: Version, outcome: Outcome, spool: Spool) -> None:
        """Nothing: webhooks tell."""
        return


def told(event: VersionEvent) -> Version:
    """The version that an event is of."""
    metadata = event.metadata.model_dump(mode="json", exclude_unset=True)
    return Version(event.model, event.version, event.again, {"url": event.url, "metadata": metadata})


def _read(body: bytes) -> VersionEvent:
    """The event in a body. Raises `MalformedRequest` and `InvalidFields`."""
    try:
        data = json.loads(body)
        return read_strictly(VersionEvent, data)
    except ValidationError as error:
        raise InvalidFields(field_errors(error, data, "", VersionEvent)) from error
    except (ValueError, RecursionError) as error:
        raise MalformedRequest(f"The event is not JSON: {error}") from error
