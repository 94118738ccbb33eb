"""What models and data sets have in common: a file and metadata come in, a worker inspects, a row tells how it went."""

import hashlib
import json
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import Conflict, InvalidField, Problem, TremorError, Unavailable, unreadable
from openapi.stages.base import Stage, Wire
from openapi.status import TERMINAL, JobKind, JobStatus, UploadStatus
from openapi.uploads import DatasetSource, ModelSource
from openapi.wire.jobs import Blob
from service.artifacts.garbage import BLOB_LOCK, collect
from service.context import Services
from service.db.tables import Dataset, Job, Model, ShardRow
from service.idempotency import Created, Once, forget
from service.ids import new_id
from service.integrations.needed import check_unnamed
from service.orchestrator import job_rows
from service.orchestrator.effects import effects
from service.orchestrator.job_kinds.inspection import inspection_step
from service.pages import Page, newest, page
from service.resumable.service import ResumableUploads
from service.tenants.quotas import check_bytes
from service.uploads.fetching import fetch
from service.waiting import wait_until

Row = TypeVar("Row", Model, Dataset)
Meta = TypeVar("Meta", bound=BaseModel)
Info = TypeVar("Info", bound=BaseModel)

#: A rejection of these kinds says nothing of the file: the same upload is inspected again.
_NOT_THE_FILES_FAULT = ("worker-lost", "job-failed", "internal", "time-limit", "memory-limit")


class UploadService(ABC, Generic[Row, Meta, Info]):
    """Uploads of one kind. Subclasses name the table, the metadata, and what inspects it."""

    table: ClassVar[Any]
    metadata_type: ClassVar[Any]
    info_type: ClassVar[Any]
    source_type: ClassVar[Any]
    prefix: ClassVar[str]
    kind: ClassVar[JobKind]
    work: ClassVar[Stage]
    noun: ClassVar[str]
    folder: ClassVar[str]

    def __init__(self, services: Services) -> None:
        self._services = services

    @abstractmethod
    def readable(self, row: Row) -> Info:
        """The row as the API answers it; raises `ValidationError` when what is stored is broken."""

    def info(self, row: Row) -> Info:
        """The row as the API answers it. A broken row is told as such: it must not take a whole list with it."""
        try:
            return self.readable(row)
        except ValidationError as error:
            known = {name: getattr(row, name) for name in ("id", "name", "sha256", "size", "created_at")}
            broken = {**known, "status": UploadStatus.REJECTED, "problem": unreadable(self.noun, row.id, error)}
            found: Info = self.info_type.model_validate(broken)
            return found

    @property
    @abstractmethod
    def max_bytes(self) -> int:
        """Largest file taken."""

    @abstractmethod
    def params(self, metadata: Meta, filename: str) -> Wire:
        """Parameters of the inspection shard."""

    # Creating

    async def create(self, blob: Blob, filename: str, metadata: Meta, scope: str | None) -> Created:
        """Keep a file that the store holds: 201 when it is new, 200 when the same bytes and metadata are here already.

        `filename` is the name that it had at the sender's; `scope` as in `Once`.
        """
        once = Once(scope, self._services.caller.tenant, _fingerprint(blob, metadata))
        return await self._made(once, blob, filename, metadata)

    async def create_of(self, source: ModelSource | DatasetSource, scope: str | None) -> Created:
        """Make one of an upload that came in parts, which is used up by it, or of what an address gives.

        Raises as `ResumableUploads.assemble` or `fetch`, and `InvalidField` where the file is not what was said.
        """
        once = Once(scope, self._services.caller.tenant, source.model_dump_json(by_alias=True))
        async with self._services.db.write() as session:
            if (replayed := await once.replay(self._services.db, session)) is not None:
                return replayed
        metadata = cast(Meta, source.metadata)
        if source.url is not None:
            await self.admit(0)
            file = await fetch(self._services, source.url, self.max_bytes)
            await self._compare(file.blob, source.sha256)
            return await self._made(once, file.blob, file.filename, metadata)
        found = await ResumableUploads(self._services).assemble(str(source.upload_id), self.max_bytes)
        await self._compare(found.blob, source.sha256)
        made = await self._made(once, found.blob, found.upload.filename, metadata, found.upload.id)
        await ResumableUploads(self._services).clear(found)
        return made

    async def _compare(self, blob: Blob, sha256: str | None) -> None:
        if blob.size == 0:
            await self.discard(blob)
            raise InvalidField("/url", "the file is empty")
        if sha256 not in (None, blob.sha256):
            await self.discard(blob)
            raise InvalidField("/sha256", f"the file has the sha256 {blob.sha256}")

    async def _made(self, once: Once, blob: Blob, filename: str, metadata: Meta, upload: str | None = None) -> Created:
        for _ in range(2):
            try:
                return await self._create(once, blob, filename, metadata, upload)
            except IntegrityError:
                continue  # the same file was uploaded at the same moment; it is there now
            except (DBAPIError, TremorError):
                await self.discard(blob)  # unless a row has come that refers to it
                raise
        raise Conflict("The same file is being uploaded by somebody else at this moment; ask again")

    async def admit(self, more: int) -> None:
        """Raise `QuotaExceeded` where a file of at least so many bytes is too much."""
        async with self._services.db.read() as session:
            await check_bytes(session, self._services.caller.tenant, self._services.settings, more)

    async def discard(self, blob: Blob) -> None:
        """Remove a file whose upload was refused, unless somebody else has it."""
        await collect(self._services, {blob.sha256}, set())

    async def _create(self, once: Once, blob: Blob, filename: str, metadata: Meta, upload: str | None) -> Created:
        """`upload`: id of the upload that is used up."""
        fingerprint = _fingerprint(blob, metadata)
        async with self._services.orchestrator.transaction() as session:
            if (replayed := await once.replay(self._services.db, session)) is not None:
                return replayed
            await self._services.db.lock(session, BLOB_LOCK)
            if not await self._services.blobs.exists_async(blob.sha256):
                raise Unavailable("The file could not be kept at this moment; upload it again")
            if upload is not None:
                await ResumableUploads(self._services).used(session, upload)
            same = select(self.table).where(self.table.fingerprint == fingerprint)
            row: Row | None = await session.scalar(same.where(self._services.caller.visible(self.table)))
            status = 200
            if row is None:
                status = 201
                tenant, settings = self._services.caller.tenant, self._services.settings
                await check_bytes(session, tenant, settings, blob.size, blob.sha256)
                row = self.table(
                    id=new_id(self.prefix),
                    tenant_id=self._services.caller.tenant,
                    fingerprint=fingerprint,
                    name=getattr(metadata, "name", None) or filename,
                    sha256=blob.sha256,
                    size=blob.size,
                    filename=filename,
                    status=UploadStatus.INSPECTING,
                    meta=metadata.model_dump(mode="json", by_alias=True),
                )
                session.add(row)
                await session.flush()
                await self._inspect(session, row, metadata)
            elif row.status == UploadStatus.REJECTED and _slug(row) in _NOT_THE_FILES_FAULT:
                await self._inspect_again(session, row, metadata)
            return await once.remember(session, status, f"/v1/{self.folder}/{row.id}", self.info(row))

    async def _inspect(self, session: AsyncSession, row: Row, metadata: Meta) -> Job:
        job = Job(
            id=row.id,
            tenant_id=row.tenant_id,
            kind=self.kind,
            status=JobStatus.QUEUED,
            request={},
            last_seq=0,
        )
        session.add(job)
        await session.flush()
        file = Blob(sha256=row.sha256, size=row.size)
        step = inspection_step(self.work, file, self.params(metadata, row.filename))
        await self._services.orchestrator.plans.begin(session, job, step)
        return job

    async def _inspect_again(self, session: AsyncSession, row: Row, metadata: Meta) -> None:
        job = await session.get(Job, row.id)
        if job is not None:
            await session.delete(job)
            await session.flush()
        row.status, row.problem = UploadStatus.INSPECTING, None
        job_rows.revive(session, await self._inspect(session, row, metadata))

    # Reading

    async def get(self, identity: str) -> Row:
        """The row of an id. Raises `NotFound`."""
        async with self._services.db.read() as session:
            return await self._find(session, identity)

    async def _find(self, session: AsyncSession, identity: str) -> Row:
        row: Row | None = await session.get(self.table, identity)
        return self._services.caller.own(row, self.noun, identity)

    async def wait(self, identity: str, seconds: float) -> Info:
        """The answer for an id, after at most `seconds` of waiting for the end of its inspection."""
        row = await wait_until(
            self._services,
            identity,
            seconds,
            lambda: self.get(identity),
            lambda row: row.status != UploadStatus.INSPECTING,
        )
        return self.info(row)

    async def listing(self, limit: int, cursor: str | None, sha256: str | None = None) -> Page[Info]:
        """One page, newest first; only those with these bytes."""
        query = select(self.table).where(self._services.caller.visible(self.table))
        if sha256 is not None:
            query = query.where(self.table.sha256 == sha256)
        async with self._services.db.read() as session:
            rows = list(await session.scalars(newest(query, self.table.id, limit, cursor)))
        return page(rows, limit, self.info)

    # Deleting

    async def delete(self, identity: str) -> list[str]:
        """Remove it and what only it refers to; returns the blobs that are gone.

        Raises `Conflict` while an unfinished job works on it.
        """
        async with self._services.orchestrator.transaction() as session:
            row: Row = await self._find(session, identity)
            user = await session.scalar(
                select(Job).where(
                    Job.status.not_in(TERMINAL),
                    job_rows.works_on(identity),
                )
            )
            if user is not None:
                if not self._services.caller.may_see(user):  # of a time when what was made without keys was everybody's
                    raise Conflict(f"The {self.noun} is in use; try again later")
                raise Conflict(
                    f"The {self.noun} is in use by {job_rows.address(user)}; cancel that first", job_id=user.id
                )
            await check_unnamed(session, row.tenant_id, identity, self.noun)
            shas = {row.sha256, *(file["blob"]["sha256"] for file in (getattr(row, "files", None) or {}).values())}
            shas |= await self._prepared(session, identity)
            keys = set(await session.scalars(select(ShardRow.result_key).where(ShardRow.job_id == identity)))
            job = await session.get(Job, identity)
            await forget(session, f"/v1/{self.folder}/{identity}")
            await session.delete(row)
            if job is not None:
                effects(session).stopped.add(job.id)
                await session.delete(job)
        return await collect(self._services, shas, keys)

    async def _prepared(self, session: AsyncSession, identity: str) -> set[str]:
        """Blobs that jobs made of a data set for their model."""
        query = select(ShardRow.result).join(Job)
        query = query.where(job_rows.works_on(identity), ShardRow.stage == "prepare", ShardRow.result.is_not(None))
        files = [file for result in await session.scalars(query) for file in (result or {})["files"].values()]
        return {file["blob"]["sha256"] for file in files}


def facts_of(row: Model | Dataset) -> dict[str, object]:
    """The fields that the answers of models and data sets share."""
    return {
        "id": row.id,
        "name": row.name,
        "sha256": row.sha256,
        "size": row.size,
        "status": row.status,
        "problem": Problem.model_validate(row.problem) if row.problem else None,
        "created_at": row.created_at,
    }


def _fingerprint(blob: Blob, metadata: BaseModel) -> str:
    """The same for the same bytes with the same metadata."""
    canonical = json.dumps(metadata.model_dump(mode="json", by_alias=True), sort_keys=True)
    return hashlib.sha256(f"{blob.sha256}\n{canonical}".encode()).hexdigest()


def _slug(row: Model | Dataset) -> str:
    return str((row.problem or {}).get("type", "")).rpartition("/")[2]
