"""Uploads that come in parts, kept so that nothing which was acknowledged is lost.

Each part is a blob of its own, and a row says where it belongs, as soon as it is here. Processes hold nothing of an
upload: any API takes the next part, and one that is killed loses what it had not acknowledged. The file is put together
when something is made of it.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.problems import Conflict, InvalidField, NotFound, NotReady, TooLarge, TremorError, Unavailable
from openapi.uploads import DirectParts, UploadInfo
from openapi.wire.blob_names import damaged
from openapi.wire.jobs import Blob
from openapi.wire.settings import Settings
from service.artifacts.garbage import BLOB_LOCK, collect
from service.context import Services
from service.db.resumable import ReceivedPart, ResumableUpload
from service.ids import new_id
from service.pages import Page, newest, page
from service.resumable.in_store import assembled, discard
from service.resumable.pieces import Pieces
from service.tenants.quotas import check_bytes

#: So much is kept, and acknowledged, at a time: what a killed process loses at most.
PART = 16 << 20
#: Who sends a few bytes at a time has rows made without end.
_MOST_PARTS = 10_000


def most_bytes(settings: Settings) -> int:
    """Largest file that comes in parts; what it is to become is not known yet."""
    return max(settings.max_model_bytes, settings.max_dataset_bytes)


@dataclass(frozen=True)
class Assembled:
    """A file that was put together: its upload, its content, and the parts that are needed no more."""

    upload: ResumableUpload
    blob: Blob
    parts: frozenset[str]


def upload_info(row: ResumableUpload, parts: DirectParts | None = None) -> UploadInfo:
    """An upload as the API answers it; parts: where those go that have not come."""
    return UploadInfo(
        id=row.id,
        filename=row.filename,
        length=row.length,
        offset=row.received,
        sha256=row.sha256,
        created_at=row.created_at,
        expires_at=row.expires_at,
        direct=row.multipart is not None,
        parts=parts,
    )


class ResumableUploads:
    """The uploads of a caller."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._settings = services.settings

    # The calls of the protocol

    async def admit(self, length: int) -> None:
        """Raise `TooLarge` or `QuotaExceeded` where an upload of so many bytes is too much."""
        if length > (most := most_bytes(self._settings)):
            raise TooLarge(f"The upload has {length} bytes; this service takes files up to {most}")
        async with self._services.db.read() as session:
            await check_bytes(session, self._services.caller.tenant, self._settings, length)

    async def create(
        self,
        length: int,
        filename: str,
        meta: str,
        sha256: str | None,
        *,
        identity: str | None = None,
        multipart: str | None = None,
        part_size: int | None = None,
    ) -> ResumableUpload:
        """Begin an upload of `length` bytes, which count as kept from now on.

        One that goes directly to the store has been begun there, as `multipart`. Raises `TooLarge`, `QuotaExceeded`,
        `InsufficientStorage`.
        """
        if length > (most := most_bytes(self._settings)):
            raise TooLarge(f"The upload has {length} bytes; this service takes files up to {most}")
        if multipart is None:
            self._services.blobs.check_space(length)
        tenant = self._services.caller.tenant
        async with self._services.db.write() as session:
            await self._services.db.lock(session, BLOB_LOCK)
            await check_bytes(session, tenant, self._settings, length)
            row = ResumableUpload(
                id=identity or new_id("upl"),
                tenant_id=tenant,
                filename=filename,
                length=length,
                received=0,
                meta=meta,
                sha256=sha256,
                multipart=multipart,
                part_size=part_size,
                created_at=utc_now(),
                expires_at=self._expiry(),
            )
            session.add(row)
        return row

    async def get(self, identity: str) -> ResumableUpload:
        """The row of an id. Raises `NotFound`, also when it has expired."""
        async with self._services.db.read() as session:
            return await self._find(session, identity)

    async def listing(self, limit: int, cursor: str | None, sha256: str | None) -> Page[UploadInfo]:
        """One page, newest first; only those of which this hash was said."""
        query = select(ResumableUpload).where(
            self._services.caller.visible(ResumableUpload), ResumableUpload.expires_at > utc_now()
        )
        if sha256 is not None:
            query = query.where(ResumableUpload.sha256 == sha256)
        async with self._services.db.read() as session:
            rows = list(await session.scalars(newest(query, ResumableUpload.id, limit, cursor)))
        return page(rows, limit, upload_info)

    async def append(
        self, identity: str, offset: int, body: AsyncIterator[bytes], verify: Callable[[], None] | None = None
    ) -> ResumableUpload:
        """Keep what comes from `offset` on, part by part; what has come is kept also where `body` ends too soon.

        With `verify`, which raises unless the body is what was said of it, all of it is kept or nothing. Raises
        `Conflict` where the upload goes on elsewhere, and `TooLarge`.
        """
        row = await self.get(identity)
        if row.multipart is not None:
            raise Conflict(f"The parts of {identity} go directly to the store; GET /v1/uploads/{identity} says where")
        if offset != row.received:
            raise _elsewhere(row)
        pieces, held = Pieces(body, PART, row.length - offset), list[Blob]()
        try:
            while await pieces.more():
                held.append(await self._services.blobs.put_stream(pieces.next(), PART))
                if verify is None:
                    row, held = await self._keep(identity, row.received, held), []
            if verify is not None:
                verify()
                row, held = await self._keep(identity, offset, held), []
        except BaseException:
            await collect(self._services, {blob.sha256 for blob in held}, set())
            raise
        return row

    async def remove(self, identity: str) -> None:
        """End an upload and remove what has come of it. Raises `NotFound`."""
        async with self._services.db.write() as session:
            row = await self._find(session, identity, lock=True)
            parts = await parts_of(session, identity)
            await session.delete(row)
        await collect(self._services, {part.sha256 for part in parts}, set())
        await discard(self._services, row)

    # Making something of it

    async def assemble(self, identity: str, max_bytes: int) -> Assembled:
        """Put the file together in the store.

        Raises `InvalidField` for an upload that is not there, too large, or not what was said of it, and `NotReady`
        for one that has not come whole.
        """
        try:
            async with self._services.db.write() as session:
                row = await self._find(session, identity, lock=True)
                row.expires_at = self._expiry()
                parts = await parts_of(session, identity)
        except NotFound as error:
            raise InvalidField("/upload_id", f"{error.detail}; it was used, has expired, or never was") from error
        if row.received < row.length:
            raise NotReady(f"The upload {identity} has {row.received} of {row.length} bytes", offset=row.received)
        if row.length > max_bytes:
            raise InvalidField("/upload_id", f"it has {row.length} bytes; this service takes files up to {max_bytes}")
        if row.length == 0:
            raise InvalidField("/upload_id", "the file is empty")
        shas = frozenset(part.sha256 for part in parts)
        if row.multipart is not None:
            blob = await assembled(self._services, row)
        elif len(parts) == 1:
            blob = Blob(sha256=parts[0].sha256, size=row.length)
        else:
            blob = await self._services.blobs.put_stream(self._content(parts), max_bytes)
        if row.sha256 not in (None, blob.sha256):
            await collect(self._services, {blob.sha256} - shas, set())
            raise InvalidField(
                "/upload_id", f"the file has the sha256 {blob.sha256}, and not {row.sha256}, which was said of it"
            )
        return Assembled(row, blob, shas)

    async def _content(self, parts: Sequence[ReceivedPart]) -> AsyncIterator[bytes]:
        """The bytes of all parts in their order, each compared with its hash. Raises `BlobDamaged`, `BlobMissing`."""
        for part in parts:
            digest = hashlib.sha256()
            async for chunk in await self._services.blobs.open_range(part.sha256, part.size):
                await asyncio.to_thread(digest.update, chunk)
                yield bytes(chunk)
            if digest.hexdigest() != part.sha256:
                raise damaged(part.sha256)

    async def clear(self, found: Assembled) -> None:
        """Remove what is needed no more, once something was made of it."""
        await collect(self._services, set(found.parts), set())
        await discard(self._services, found.upload)

    async def used(self, session: AsyncSession, identity: str) -> None:
        """Forget an upload in the transaction that makes something of it. Raises `InvalidField` if it is gone."""
        row = await session.get(ResumableUpload, identity, with_for_update=True)
        if row is None:
            raise InvalidField("/upload_id", f"the upload {identity!r} has been used by somebody else at this moment")
        await session.delete(row)
        await session.flush()

    # Rows

    async def renew(self, identity: str, *, whole: bool = False) -> ResumableUpload:
        """Wait anew for the rest of an upload, or write down that all has come. Raises `NotFound`."""
        async with self._services.db.write() as session:
            row = await self._find(session, identity, lock=True)
            row.received = row.length if whole else row.received
            row.expires_at = self._expiry()
        return row

    async def _find(self, session: AsyncSession, identity: str, *, lock: bool = False) -> ResumableUpload:
        row = await session.get(ResumableUpload, identity, with_for_update=lock)
        if row is None or not self._services.caller.may_see(row) or row.expires_at <= utc_now():
            raise NotFound(f"There is no upload {identity!r}")
        return row

    async def _keep(self, identity: str, start: int, blobs: Sequence[Blob]) -> ResumableUpload:
        """Write down where these contents belong: from here on they are acknowledged."""
        async with self._services.db.write() as session:
            await self._services.db.lock(session, BLOB_LOCK)
            for blob in blobs:
                if not await self._services.blobs.exists_async(blob.sha256):
                    raise Unavailable("The part could not be kept at this moment; send it again")
            row = await self._find(session, identity, lock=True)
            if row.received != start:
                raise _elsewhere(row)
            for blob in blobs:
                session.add(
                    ReceivedPart(
                        upload_id=identity,
                        tenant_id=row.tenant_id,
                        start=row.received,
                        size=blob.size,
                        sha256=blob.sha256,
                    )
                )
                row.received += blob.size
            row.expires_at = self._expiry()
            await session.flush()
            count = select(func.count()).where(ReceivedPart.upload_id == identity)
            if (await session.scalar(count) or 0) > _MOST_PARTS:
                raise TooLarge(f"The upload came in more than {_MOST_PARTS} parts; send it in larger ones")
        return row

    def _expiry(self) -> datetime:
        return utc_now() + timedelta(seconds=self._settings.upload_seconds)


async def parts_of(session: AsyncSession, identity: str) -> list[ReceivedPart]:
    """What has come of an upload by PATCH, in its order."""
    query = select(ReceivedPart).where(ReceivedPart.upload_id == identity).order_by(ReceivedPart.start)
    return list(await session.scalars(query))


def _elsewhere(row: ResumableUpload) -> TremorError:
    return Conflict(f"The upload {row.id} goes on at byte {row.received}", offset=row.received)
