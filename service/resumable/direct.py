"""Uploads that go directly to S3: their rows are those of uploads in parts, their bytes pass no API.

Who sends asks where the parts go, sends them, and says that all have come. What is made of them: `in_store`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openapi.base import utc_now
from openapi.problems import Conflict, NotReady
from openapi.uploads import CompleteUpload, DirectParts, DirectUpload, PartAddress
from service.context import Services
from service.db.resumable import ResumableUpload
from service.ids import new_id
from service.resumable.direct_store import SIGNED, Sent
from service.resumable.in_store import remove, store_of
from service.resumable.service import ResumableUploads

_MIB = 1 << 20
#: Smallest part, and most parts: S3 takes 5 MiB and 10,000, but each has an address of half a kilobyte.
_PART, _MOST = 16 * _MIB, 500


@dataclass(frozen=True)
class Plan:
    """How a file is cut: parts from 1 on, each of `part_size` bytes but the last."""

    length: int
    part_size: int

    @classmethod
    def of(cls, length: int) -> "Plan":
        """The plan of a new upload."""
        size = max(_PART, -(-length // _MOST))
        return cls(length, -(-size // _MIB) * _MIB)

    @property
    def sizes(self) -> Mapping[int, int]:
        """Bytes of each part by its number."""
        starts = range(0, self.length, self.part_size)
        return {n: min(self.part_size, self.length - start) for n, start in enumerate(starts, 1)}


class DirectUploads:
    """The uploads of a caller that go directly to the store."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._uploads = ResumableUploads(services)

    async def create(self, asked: DirectUpload, filename: str) -> ResumableUpload:
        """Begin one. Raises as `ResumableUploads.create`, and `Conflict` where it is not offered."""
        if (store := self._services.direct) is None:
            raise Conflict("This service takes no files directly to its store; send parts to /v1/uploads")
        await self._uploads.admit(asked.length)
        identity, plan = new_id("upl"), Plan.of(asked.length)
        multipart = await asyncio.to_thread(store.begin, identity)
        there: dict[str, Any] = {"identity": identity, "multipart": multipart, "part_size": plan.part_size}
        try:
            return await self._uploads.create(asked.length, filename, "", asked.sha256, **there)
        except BaseException:
            await remove(store, identity, multipart)
            raise

    async def parts(self, row: ResumableUpload) -> DirectParts | None:
        """Where the parts go that have not come, by addresses of now; None when all is done or it comes by PATCH."""
        if row.multipart is None or row.received == row.length:
            return None
        store, multipart = store_of(self._services), row.multipart
        sent = {part.number: part for part in await asyncio.to_thread(store.sent, row.id, multipart) or ()}

        def addresses() -> list[PartAddress]:
            found = []
            for number, size in _plan(row).sizes.items():
                here = sent.get(number)
                came = here is not None and here.size == size
                url = None if came else store.address(row.id, multipart, number, size)
                found.append(PartAddress(number=number, size=size, url=url, etag=here.etag if came and here else None))
            return found

        until = utc_now() + SIGNED
        return DirectParts(part_size=_plan(row).part_size, expires_at=until, items=await asyncio.to_thread(addresses))

    async def complete(self, identity: str, asked: CompleteUpload) -> ResumableUpload:
        """Make one file of the parts; once more, the same answer.

        Raises `NotReady` where parts are missing, `Conflict` where others have come than were sent, or the upload comes
        by PATCH or is gone from the store.
        """
        row = await self._uploads.get(identity)
        if row.multipart is None:
            raise Conflict(f"The upload {identity} comes by PATCH and needs no end")
        if row.received == row.length:
            return row
        store = store_of(self._services)
        sent = await asyncio.to_thread(store.sent, identity, row.multipart)
        if sent is not None:
            _check(row, sent, asked)
            try:
                await asyncio.to_thread(store.complete, identity, row.multipart, sent)
            except LookupError:
                sent = None
        # Whoever did it before may have been killed before it was written down.
        if sent is None and await asyncio.to_thread(store.size, identity) != row.length:
            raise Conflict(f"What was sent of {identity} is not in the store any more; begin a new upload")
        return await self._uploads.renew(identity, whole=True)


def _plan(row: ResumableUpload) -> Plan:
    return Plan(row.length, row.part_size or _PART)


def _check(row: ResumableUpload, sent: list[Sent], asked: CompleteUpload) -> None:
    """Raise unless exactly the parts are there that are wanted, and that the client has sent."""
    sizes = {part.number: part.size for part in sent}
    plan = _plan(row).sizes
    missing = [number for number, size in plan.items() if sizes.get(number) != size]
    if missing:
        came = len(plan) - len(missing)
        raise NotReady(f"The store has {came} of {len(plan)} parts of {row.id}", missing=missing[:100])
    if strange := sorted(set(sizes) - set(plan)):
        raise Conflict(f"The store has parts of {row.id} that are none of it: {strange[:10]}")
    etags = {part.number: part.etag.strip('"') for part in sent}
    for given in asked.parts:
        if etags.get(given.number) != given.etag.strip('"'):
            raise Conflict(f"The store has another part {given.number} of {row.id} than this; send it again")
