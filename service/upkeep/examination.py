"""An examination: does the database name what the store holds, and can what is unfinished still end?

Nothing is changed. Each finding says what it concerns and what to do about it.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from openapi.status import TERMINAL, UploadStatus
from openapi.text import counted
from openapi.wire.blob_listing import GRACE
from openapi.wire.blob_names import BlobDamaged, BlobMissing
from service.artifacts.garbage import Stores
from service.db.resumable import ReceivedPart
from service.db.tables import Artifact, Dataset, Job, Model, ShardRow
from service.orchestrator.job_rows import address
from service.orchestrator.step_states import UNFINISHED
from service.upkeep.orphans import orphans

Kind = Literal["missing", "damaged", "orphan", "stuck"]

_UPLOAD_AGAIN = "upload the same file with the same metadata again (the same bytes get the same id), or delete it"
_START_AGAIN = "start the job again with its `request`: what is still known is found again; or delete it"
_CANCEL = "cancel it and start it again with its `request`"
_REMOVE = "the service removes them by itself when they are a day old, `tremor doctor --repair` at once"
_SEND_AGAIN = "delete the upload and send the file again"
_DECODED = "delete the data set and upload it again: what was decoded from it is made anew"


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be. `what` is for people; `concerns` are addresses, sha256 or keys."""

    kind: Kind
    what: str
    advice: str
    concerns: tuple[str, ...] = ()
    bytes: int = 0


@dataclass
class _Named:
    """A blob as rows name it: its size, and what is hurt without it with what to do then."""

    size: int
    users: list[tuple[str, str]] = field(default_factory=list)


async def examine(services: Stores, *, deep: bool = False, older_than: timedelta = GRACE) -> list[Finding]:
    """Compare rows with blobs. `deep` reads every byte of every blob that is named; `older_than`: what is garbage."""
    async with services.db.read() as session:
        named = await _named(session)
        stuck = await _stuck(session)
    found = [finding async for finding in _compared(services, named, deep=deep)]
    return [*found, *stuck, *await _garbage(services, older_than)]


async def _named(session: AsyncSession) -> dict[str, _Named]:
    """Every blob that somebody may still ask for."""
    found: dict[str, _Named] = {}

    def name(sha256: str, size: int, user: str, advice: str) -> None:
        found.setdefault(sha256, _Named(size)).users.append((user, advice))

    tables: tuple[tuple[Any, str], ...] = ((Model, "models"), (Dataset, "datasets"))
    for table, folder in tables:
        async for row in await session.stream_scalars(select(table)):
            name(row.sha256, row.size, f"/v1/{folder}/{row.id}", _UPLOAD_AGAIN)
            for blob in _blobs(getattr(row, "files", None)):
                name(*blob, f"/v1/{folder}/{row.id}", _DECODED)
    async for part in await session.stream_scalars(select(ReceivedPart)):
        name(part.sha256, part.size, f"/v1/uploads/{part.upload_id}", _SEND_AGAIN)
    rows = await session.stream(select(Artifact, Job).join(Job, Artifact.job_id == Job.id))
    async for artifact, job in rows:
        name(artifact.sha256, artifact.size, f"/v1/{address(job)} ({artifact.name})", _START_AGAIN)
    unfinished = select(ShardRow, Job).join(Job).where(ShardRow.status.in_(UNFINISHED), Job.status.not_in(TERMINAL))
    async for step, job in await session.stream(unfinished):
        for blob in (step.message.get("inputs") or {}).values():
            name(blob["sha256"], blob["size"], f"/v1/{address(job)}", _CANCEL)
    return found


def _blobs(files: Mapping[str, Any] | None) -> Iterator[tuple[str, int]]:
    """The blobs of an upload's decoded files."""
    for file in (files or {}).values():
        yield file["blob"]["sha256"], file["blob"]["size"]


async def _compared(services: Stores, named: Mapping[str, _Named], *, deep: bool) -> AsyncIterator[Finding]:
    held = {found.name: found.size async for found in services.blobs.list_blobs()}
    for sha256, blob in sorted(named.items()):
        kind: Kind | None = None
        if sha256 not in held:
            kind, wrong = "missing", "is not in the store"
        elif held[sha256] != blob.size:
            kind, wrong = "damaged", f"has {held[sha256]} bytes in the store, not {blob.size}"
        elif deep:
            try:
                await services.blobs.verify(sha256)
            except BlobMissing:
                continue  # deleted a moment ago
            except BlobDamaged:
                kind, wrong = "damaged", "has other bytes than it had"
        if kind is not None:
            users = tuple(user for user, _ in blob.users)
            advice = "; ".join(dict.fromkeys(advice for _, advice in blob.users))
            yield Finding(
                kind, f"blob {sha256} {wrong}; it belongs to {', '.join(users)}", advice, (sha256,), blob.size
            )


async def _stuck(session: AsyncSession) -> list[Finding]:
    """Jobs that wait for nothing and yet have not ended."""
    child, step = aliased(Job), ShardRow
    inspected = or_(
        exists().where(Model.id == Job.model_id, Model.status == UploadStatus.INSPECTING),
        exists().where(
            Dataset.id.in_((Job.dataset_id, Job.train_dataset_id)), Dataset.status == UploadStatus.INSPECTING
        ),
    )
    jobs = await session.scalars(
        select(Job).where(
            Job.status.not_in(TERMINAL),
            ~exists().where(step.job_id == Job.id, step.status.in_(UNFINISHED)),
            ~exists().where(child.parent_job_id == Job.id, child.status.not_in(TERMINAL)),
            ~inspected,
        )
    )
    return [
        Finding("stuck", f"/v1/{address(job)} is {job.status} and has nothing left to do", _CANCEL, (job.id,))
        for job in jobs
    ]


async def _garbage(services: Stores, older_than: timedelta) -> list[Finding]:
    found = await orphans(services, older_than)
    blobs, records = counted(len(found.blobs), "blob"), counted(len(found.results), "record")
    what = f"{blobs} and {records} of results ({found.bytes} bytes)"
    if not found.blobs and not found.results:
        return []
    names = (*sorted(found.blobs), *sorted(found.results))
    return [Finding("orphan", f"{what} belong to nothing that is here", _REMOVE, names, found.bytes)]
