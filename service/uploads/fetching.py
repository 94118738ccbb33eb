"""Models and data sets that callers name by an address: fetched into the store from hosts that the settings list."""

import asyncio
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from openapi.problems import InvalidField
from openapi.text import file_name
from openapi.wire.jobs import Blob
from service.context import Services
from service.fetching import NotAllowed, NotFetched, content_of
from service.outgoing import checked_pool, networks


@dataclass(frozen=True)
class Fetched:
    """A file that is in the store now, and its name at its host."""

    blob: Blob
    filename: str


async def fetch(services: Services, url: str, max_bytes: int) -> Fetched:
    """Fetch a file into the store.

    Raises `InvalidField` for whatever is wrong with the address or its answer, `TooLarge`, `InsufficientStorage`.
    """
    settings = services.settings
    try:
        async with (
            asyncio.timeout(settings.import_seconds),
            checked_pool(networks(settings.import_networks)) as pool,
            content_of(pool, url, settings.import_hosts) as chunks,
        ):
            return Fetched(await services.blobs.put_stream(chunks, max_bytes), file_name(unquote(urlsplit(url).path)))
    except NotAllowed as error:
        raise InvalidField("/url", f"{error} (TREMOR_IMPORT_HOSTS, TREMOR_IMPORT_NETWORKS)") from error
    except NotFetched as error:
        raise InvalidField("/url", f"the file cannot be fetched: {error}") from error
    except TimeoutError as error:
        raise InvalidField("/url", f"the file did not come within {settings.import_seconds:g} seconds") from error
