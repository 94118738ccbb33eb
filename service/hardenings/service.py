"""Hardenings: checking the request against what is there, the job."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import ClassVar, TypedDict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.attack_ids import check_file_names
from openapi.base import JsonObject
from openapi.hardenings import HardeningInfo, HardeningRequest, SoFar, check_read
from openapi.samples import check_choice
from openapi.stages.harden import Underway
from openapi.status import JobKind
from service.db.tables import Artifact, Job
from service.hardenings.estimate import estimated
from service.hardenings.package import PACKED, member, zipped
from service.hardenings.underway import so_far, underway
from service.ids import new_id
from service.jobs.service import JobService, new_job
from service.orchestrator.loading import load_mask_files
from service.orchestrator.masks import mask_artifacts
from service.orchestrator.requests import stored, with_evaluation
from service.orchestrator.validation import check_hardening, check_hardening_request

#: Kinds of artifacts that a comparison before and after leaves.
_OF_HELD_OUT = ("report", "samples")


class HardeningColumns(TypedDict):
    """The fields that only hardenings answer."""

    model_id: str | None
    train_dataset_id: str | None
    eval_dataset_id: str | None
    model_id_hardened: str | None
    audit_id: str | None
    metrics: JsonObject | None
    training: Underway | None
    so_far: SoFar | None


class HardeningService(JobService[HardeningRequest, HardeningInfo]):
    """Hardenings."""

    kind: ClassVar[JobKind] = JobKind.HARDENING
    prefix: ClassVar[str] = "hrd"
    noun: ClassVar[str] = "hardening"
    folder: ClassVar[str] = "hardenings"
    info_type = HardeningInfo
    request_type = HardeningRequest

    def columns(self, job: Job, child: Job | None = None) -> HardeningColumns:
        """What a hardening works on, and what it found."""
        return {
            "model_id": job.model_id,
            "train_dataset_id": job.train_dataset_id,
            "eval_dataset_id": job.dataset_id,
            "model_id_hardened": job.hardened_model_id,
            "audit_id": job.parent_job_id,
            "metrics": None if job.metrics and "so_far" in job.metrics else job.metrics,
            "training": underway(job),
            "so_far": so_far(job),
        }

    async def queued(self, session: AsyncSession, job: Job) -> HardeningInfo:
        """With an estimate of the time that it takes."""
        found = await super().queued(session, job)
        if found.request is None:
            return found
        model = await self.model(session, found.request.model_id)
        train = await self.dataset(session, found.request.train_dataset_id, "/train_dataset_id")
        return found.model_copy(update={"estimate": estimated(found.request, model, train)})

    def filled(self, asked: HardeningRequest) -> HardeningRequest:
        """With the attacks of its comparison, each with an id."""
        check_choice(asked.eval_samples, asked.eval_max_samples, "/eval_samples", "/eval_max_samples")
        check_read(asked, "")
        check_file_names(asked.attacks or ())
        return with_evaluation(asked)

    async def add(self, session: AsyncSession, asked: HardeningRequest) -> Job:
        """The hardening."""
        job = new_job(
            self.kind,
            new_id(self.prefix),
            tenant_id=self._services.caller.tenant,
            phase="queued",
            priority=asked.execution.priority,
            model_id=asked.model_id,
            dataset_id=asked.eval_dataset_id,
            train_dataset_id=asked.train_dataset_id,
            request=stored(asked),
        )
        session.add(job)
        await session.flush()
        return job

    def why_without(self, job: Job, kind: str) -> str:
        """A hardening is compared, and then reported on, by held-out data alone."""
        if kind in _OF_HELD_OUT and job.dataset_id is None:
            return (
                ": nothing was held out to compare the models on; name an `eval_dataset_id` (`--eval`), or audit the "
                "hardened model by itself"
            )
        return super().why_without(job, kind)

    async def package(self, identity: str) -> AsyncIterator[bytes]:
        """The files that people take away, as one zip. `NotReady` before it has ended well, else `NotFound`."""
        await self.file(identity, "manifest", "json")
        async with self._services.db.read() as session:
            rows = await session.scalars(
                select(Artifact).where(Artifact.job_id == identity, Artifact.kind.in_(PACKED)).order_by(Artifact.name)
            )
            members = [member(row.kind, row.name, row.sha256, row.size) for row in rows]
        for found in members:  # what is not there is said before a zip has begun
            await self._services.blobs.require(found.sha256, found.size)
        return zipped(self._services.blobs, members)

    async def check(self, session: AsyncSession, asked: HardeningRequest) -> None:
        """Raise what is wrong with the request, as far as it can be seen before everything is inspected."""
        model = await self.model(session, asked.model_id)
        train = await self.dataset(session, asked.train_dataset_id, "/train_dataset_id")
        evaluation = None
        if asked.eval_dataset_id is not None:
            evaluation = await self.dataset(session, asked.eval_dataset_id, "/eval_dataset_id")
        if artifacts := mask_artifacts(asked):
            files = await load_mask_files(session, artifacts, self._services.caller)
            evaluation = None if evaluation is None else replace(evaluation, mask_files=files)
        if model is None:
            return
        if train is not None:
            check_hardening_request(asked, model, train, evaluation)
        else:
            check_hardening(model, asked, "")
