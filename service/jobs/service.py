"""What audits and hardenings have in common: reading, waiting, stopping, deleting, events, files."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from openapi.artifacts import ArtifactInfo
from openapi.audits import SampleResult
from openapi.base import utc_now
from openapi.problems import NotFound, NotReady, unreadable
from openapi.status import TERMINAL, JobKind, JobStatus
from openapi.wire.logs import about
from service.artifacts.garbage import collect
from service.artifacts.service import readable
from service.context import Services
from service.db.tables import Artifact, EventRow, Job
from service.idempotency import Created, Once
from service.jobs.facts import job_facts
from service.jobs.removal import Left, remove
from service.jobs.sample_pages import sample_page
from service.jobs.search import ALL, Search
from service.jobs.streams import stream
from service.jobs.surroundings import NONE, Surroundings, job_and_surroundings, surroundings
from service.orchestrator import job_rows
from service.orchestrator.loading import load_dataset, load_model
from service.orchestrator.subjects import DatasetSubject, ModelSubject
from service.pages import Page, newest, page
from service.tenants.quotas import check_queue
from service.waiting import wait_until

Info = TypeVar("Info", bound=BaseModel)
Asked = TypeVar("Asked", bound=BaseModel)

#: What is written with a new job.
Linked = Callable[[AsyncSession, Job], Awaitable[None]]


class JobService(ABC, Generic[Asked, Info]):
    """Jobs of one kind: what is asked for, and what is answered."""

    kind: ClassVar[JobKind]
    prefix: ClassVar[str]
    noun: ClassVar[str]
    folder: ClassVar[str]

    def __init__(self, services: Services) -> None:
        self._services = services

    info_type: ClassVar[Any]
    request_type: ClassVar[Any]

    async def queued(self, session: AsyncSession, job: Job) -> Info:
        """A job as it is answered to the one who has asked for it."""
        return (await self.infos(session, [job]))[0]

    @abstractmethod
    def filled(self, asked: Asked) -> Asked:
        """The request with what it left open filled in. Raises what is wrong with it by itself."""

    @abstractmethod
    async def check(self, session: AsyncSession, asked: Asked) -> None:
        """Raise what is wrong with the request, as far as it can be seen before everything is inspected."""

    async def completed(self, session: AsyncSession, asked: Asked) -> Asked:
        """The checked request with what else the service knows to belong to it."""
        return asked

    @abstractmethod
    async def add(self, session: AsyncSession, asked: Asked) -> Job:
        """Add the job's row, and those of the jobs that are a part of it."""

    @abstractmethod
    def columns(self, job: Job, child: Job | None = None) -> Mapping[str, object]:
        """The fields that only this kind of job answers, from the columns of its row and of its child's."""

    async def infos(self, session: AsyncSession, jobs: Sequence[Job]) -> list[Info]:
        """The jobs as the API answers them, without what goes on in hardenings of theirs."""
        beside = await session.run_sync(lambda sync: surroundings(sync, jobs))
        return [self.info(job, None, beside[job.id]) for job in jobs]

    def info(self, job: Job, child: Job | None = None, beside: Surroundings = NONE) -> Info:
        """The job as the API answers it. A broken row is told as such: it must not take a whole list with it."""
        try:
            request = self.request_type.model_validate(job.request)
            found: Info = self.info_type.model_validate(
                {**job_facts(job, child), **self.columns(job, child), **beside, "request": request}
            )
        except (ValidationError, AttributeError) as error:
            ids = {name: value for name, value in self.columns(job).items() if name.endswith("id")}
            times = {name: getattr(job, name) for name in ("created_at", "started_at", "finished_at")}
            known = {"id": job.id, "request": None, "model_name": beside.get("model_name"), **ids, **times}
            status = job.status if job.status in list(JobStatus) else JobStatus.FAILED
            found = self.info_type.model_validate(
                {**known, "status": status, "problem": unreadable(self.noun, job.id, error)}
            )
        return found

    # Creating

    async def create(self, asked: Asked, scope: str | None, linked: Linked | None = None) -> Created:
        """Check and queue a job. `scope` as in `Once`: the same request gets its first answer again.

        `linked` is told of the job in the transaction that adds it, and raises where it is not to be.
        """
        once = Once(scope, self._services.caller.tenant, asked.model_dump_json(by_alias=True))
        filled = self.filled(asked)
        async with self._services.orchestrator.transaction() as session:
            if (replayed := await once.replay(self._services.db, session)) is not None:
                return replayed
            await check_queue(session, self._services.caller.tenant, self._services.settings)
            await self.check(session, filled)
            filled = await self.completed(session, filled)
            job = await self.add(session, filled)
            if linked is not None:
                await linked(session, job)
            about(job=job.id)
            await self._services.orchestrator.plans.start(session, job)
            return await once.remember(session, 202, f"/v1/{job_rows.address(job)}", await self.queued(session, job))

    # Reading

    def _own(self, job: Job | None, identity: str) -> Job:
        if job is None or job.kind != self.kind or not self._services.caller.may_see(job):
            raise NotFound(f"There is no {self.noun} {identity!r}")
        return job

    async def find(self, session: AsyncSession, identity: str) -> Job:
        """The job of an id and of this kind. Raises `NotFound`."""
        job = self._own(await session.get(Job, identity), identity)
        about(job=job.id)
        return job

    async def model(self, session: AsyncSession, identity: str) -> ModelSubject | None:
        """The model that the caller names at ``/model_id``, as `load_model` gives it."""
        return await load_model(session, identity, "/model_id", self._services.caller)

    async def dataset(self, session: AsyncSession, identity: str, pointer: str) -> DatasetSubject | None:
        """A data set that the caller names, as `load_dataset` gives it."""
        return await load_dataset(session, identity, pointer, self._services.caller)

    async def _load(self, identity: str) -> tuple[Job, Job | None, Surroundings]:
        def load(session: Session) -> tuple[Job, Job | None, Surroundings]:
            found, beside = job_and_surroundings(session, identity)
            job = self._own(found, identity)
            child = session.get(Job, job.child_job_id) if job.child_job_id else None
            return job, child, beside

        return await self._services.db.fetch(load)

    async def wait(self, identity: str, seconds: float) -> Info:
        """The job, after at most `seconds` of waiting for its end."""
        job, child, beside = await wait_until(
            self._services,
            identity,
            seconds,
            lambda: self._load(identity),
            lambda found: found[0].status in TERMINAL,
        )
        return self.info(job, child, beside)

    async def listing(self, limit: int, cursor: str | None, search: Search = ALL) -> Page[Info]:
        """One page, newest first; only those that are searched for."""
        query = select(Job).where(Job.kind == self.kind, self._services.caller.visible(Job), *search.conditions())
        async with self._services.db.read() as session:
            rows = list(await session.scalars(newest(query, Job.id, limit, cursor)))
            shown = dict(zip([row.id for row in rows], await self.infos(session, rows), strict=True))
        return page(rows, limit, lambda row: shown[row.id])

    # Stopping

    async def cancel(self, identity: str) -> Info:
        """Stop the job; an ended one stays as it is."""
        async with self._services.orchestrator.transaction() as session:
            await self.find(session, identity)
            job = await job_rows.lock_job(session, identity)
            if job is not None:
                await self._services.orchestrator.plans.cancel(session, job)
        return await self.wait(identity, 0)

    async def delete(self, identity: str) -> list[str]:
        """Stop the job if it runs, and remove it with its shards, events, artifacts, and an audit's own hardening.

        Returns the blobs that are gone.
        """
        async with self._services.orchestrator.transaction() as session:
            await self.find(session, identity)
            job = await job_rows.lock_job(session, identity)
            left = await remove(session, job) if job is not None else Left()
        return await collect(self._services, left.blobs, left.results)

    # Events

    async def events(self, identity: str, last: str) -> AsyncIterator[bytes] | None:
        """The event log as Server-Sent Events: what came after the event `last` (empty: everything), then what happens.

        An event that the log does not know (any more) is followed by all that it knows. The stream ends with the job;
        None when it has ended and nothing came after `last`.
        """
        async with self._services.db.read() as session:
            job = await self.find(session, identity)
            seq = 0
            if last:
                found = await session.scalar(select(EventRow).where(EventRow.id == last, EventRow.job_id == identity))
                seq = found.seq if found is not None else 0
            if seq and seq >= job.last_seq and job.status in TERMINAL:
                return None
        return stream(self._services, identity, seq)

    # Files

    async def artifacts(self, identity: str, limit: int, cursor: str | None) -> Page[ArtifactInfo]:
        """One page of the job's artifacts."""
        query = newest(select(Artifact).where(Artifact.job_id == identity), Artifact.id, limit, cursor)
        async with self._services.db.read() as session:
            await self.find(session, identity)
            return page(list(await session.scalars(query)), limit, readable)

    async def file(self, identity: str, kind: str, format: str) -> Artifact:
        """The job's artifact of a kind and format. `NotReady` (409) before the job has ended well, else `NotFound`."""
        async with self._services.db.read() as session:
            job = await self.find(session, identity)
            found = await session.scalar(
                select(Artifact)
                .where(Artifact.job_id == identity, Artifact.kind == kind, Artifact.format == format)
                .order_by(Artifact.name)  # a hardening has samples before and after: these are after
            )
        if found is not None:
            return found
        if job.status in (JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.CANCELLING):
            raise NotReady(f"The {self.noun} is {job.status}; its {kind} is there when it has succeeded")
        if job.problem and job.problem.get("detail"):
            raise NotFound(f"The {self.noun} has {job.status} and left no {kind}: {job.problem['detail']}")
        raise NotFound(f"The {self.noun} has no {kind} as {format}{self.why_without(job, kind)}")

    def why_without(self, job: Job, kind: str) -> str:
        """Why a job of this kind that has ended has no artifact of a kind, as the end of a sentence; "" if unknown."""
        return f": it was {job.status}" if job.status == JobStatus.CANCELLED else ""

    async def report_json(self, identity: str) -> tuple[bytes, Artifact]:
        """The JSON report's bytes and its row."""
        found = await self.file(identity, "report", "json")
        return await self._services.blobs.read_async(found.sha256), found

    async def samples(
        self, identity: str, limit: int, cursor: str | None, index: int | None = None
    ) -> Page[SampleResult]:
        """One page of per-sample results, in order of index, or the one of an index.

        The cursor is a place in the stored lines.
        """
        return await sample_page(
            self._services.blobs, await self.file(identity, "samples", "jsonl"), limit, int(cursor or 0), index
        )


def new_job(kind: JobKind, identity: str, **columns: Any) -> Job:
    """A queued job; its plan is drawn when all is inspected."""
    return Job(id=identity, kind=kind, status=JobStatus.QUEUED, created_at=utc_now(), last_seq=0, **columns)
