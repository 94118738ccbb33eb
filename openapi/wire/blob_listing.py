"""What an object store holds: blobs and records of results, with their sizes and ages."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import obstore
from obstore.store import ObjectStore

_NAMES = {
    "blobs": re.compile(r"blobs/[0-9a-f]{2}/([0-9a-f]{64})"),
    "results": re.compile(r"results/[^/]{2}/([^/]+)\.json"),
}

#: Content that nothing refers to is garbage when it is so old: by then a row has come for what somebody is storing.
GRACE = timedelta(hours=24)
#: What is stored again is written anew when it is older than this, so that it is not taken for garbage meanwhile.
FRESH = GRACE / 2


@dataclass(frozen=True)
class Stored:
    """An object: the sha256 of a blob or the key of a result, and when it was written last."""

    name: str
    size: int
    modified: datetime


async def stored(store: ObjectStore, folder: str) -> AsyncIterator[Stored]:
    """Everything in the folder `blobs` or `results`, in any order; objects of other names are none of ours."""
    async for chunk in obstore.list(store, folder):
        for found in chunk:
            if (match := _NAMES[folder].fullmatch(found["path"])) is not None:
                yield Stored(match[1], found["size"], found["last_modified"])
