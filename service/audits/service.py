"""Audits: checking the request against what is there, the job and its hardening."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, TypedDict

from sqlalchemy.ext.asyncio import AsyncSession

from openapi.attack_ids import check_file_names
from openapi.audits import AuditInfo, AuditRequest
from openapi.base import AS_WRITTEN
from openapi.hardenings import HardeningRequest, check_read
from openapi.policies import MOST_RULES, Policy
from openapi.problems import InvalidField
from openapi.samples import check_choice
from openapi.stages.harden import Underway
from openapi.status import JobKind, JobStatus
from service.audits import junit, markdown, sarif, table
from service.db.tables import Job
from service.hardenings.underway import underway
from service.ids import new_id
from service.jobs.service import JobService, new_job
from service.orchestrator.job_kinds.audit import named
from service.orchestrator.job_rows import HARDENING
from service.orchestrator.loading import load_kept, load_mask_files
from service.orchestrator.masks import mask_artifacts
from service.orchestrator.requests import stored, with_attacks
from service.orchestrator.subjects import ModelSubject
from service.orchestrator.validation import check_audit, check_policy
from service.policies.baselines import check_baselines, check_named
from service.policies.service import policies_for, rules_of

#: Media type → what writes a JSON report as that.
WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "text/csv": table.from_report,
    "text/markdown": markdown.from_report,
    "application/xml": junit.from_report,
    "application/sarif+json": sarif.from_report,
}


class AuditColumns(TypedDict):
    """The fields that only audits answer."""

    model_id: str | None
    dataset_id: str | None
    hardening_id: str | None
    training: Underway | None


class AuditService(JobService[AuditRequest, AuditInfo]):
    """Audits."""

    kind: ClassVar[JobKind] = JobKind.AUDIT
    prefix: ClassVar[str] = "aud"
    noun: ClassVar[str] = "audit"
    folder: ClassVar[str] = "audits"
    info_type = AuditInfo
    request_type = AuditRequest

    def columns(self, job: Job, child: Job | None = None) -> AuditColumns:
        """What an audit works on, and where its hardening's training stands."""
        return {
            "model_id": job.model_id,
            "dataset_id": job.dataset_id,
            "hardening_id": job.child_job_id,
            "training": None if child is None or job.phase != HARDENING else underway(child),
        }

    def filled(self, asked: AuditRequest) -> AuditRequest:
        """With its attacks, each with an id."""
        check_choice(asked.samples, asked.max_samples, "/samples", "/max_samples")
        if asked.harden is not None:
            check_read(asked.harden, "/harden")
        check_file_names(asked.attacks or ())
        filled = with_attacks(asked)
        check_policy(filled)
        return filled

    async def written(self, identity: str, kind: str) -> bytes:
        """The report as a media type of `WRITERS`."""
        data, _ = await self.report_json(identity)
        return await asyncio.to_thread(WRITERS[kind], data)

    async def check(self, session: AsyncSession, asked: AuditRequest) -> None:
        """Raise what is wrong with the request, as far as it can be seen before everything is inspected."""
        await self._check(session, asked, await self.model(session, asked.model_id))

    async def check_without_model(self, session: AsyncSession, asked: AuditRequest) -> None:
        """As `check`, of models that are not there yet."""
        await self._check(session, asked, None)

    async def _check(self, session: AsyncSession, asked: AuditRequest, model: ModelSubject | None) -> None:
        await check_baselines(session, self._services.caller, asked.policy.rules, "/policy/rules", asked.dataset_id)
        if asked.replay_of is not None:
            await self._check_replayed(session, asked)
        dataset = await self.dataset(session, asked.dataset_id, "/dataset_id")
        train = None
        if asked.harden is not None:
            if asked.harden.train_dataset_id is None:
                raise InvalidField(
                    "/harden/train_dataset_id",
                    "this field is required: the data set to train on (with other images than those of dataset_id)",
                )
            train = await self.dataset(session, asked.harden.train_dataset_id, "/harden/train_dataset_id")
        concepts = None
        for identity, pointer in named(asked).values():
            concepts = await self.dataset(session, identity, pointer)
        if artifacts := mask_artifacts(asked):
            files = await load_mask_files(session, artifacts, self._services.caller)
            dataset = None if dataset is None else replace(dataset, mask_files=files)
        if model is not None and dataset is not None:
            check_audit(asked, model, dataset, train, concepts)

    async def _check_replayed(self, session: AsyncSession, asked: AuditRequest) -> None:
        """Raise `InvalidField` where the audit whose examples are to be tried is none that can be."""
        job = await session.get(Job, asked.replay_of)
        if job is None or job.kind != self.kind or not self._services.caller.may_see(job):
            wrong = f"there is no audit {asked.replay_of!r}"
        elif job.status != JobStatus.SUCCEEDED:
            wrong = f"the audit {job.id} is {job.status}; its examples are there when it has succeeded"
        elif job.dataset_id != asked.dataset_id:
            wrong = f"the audit {job.id} is of other images, those of {job.dataset_id}"
        elif not await load_kept(session, job.id):
            wrong = f"the audit {job.id} kept no examples; run it with keep_examples"
        else:
            return
        raise InvalidField("/replay_of", wrong)

    async def completed(self, session: AsyncSession, asked: AuditRequest) -> AuditRequest:
        """With the rules of the policy that it names, and of those that are bound to its model."""
        caller = self._services.caller
        rows = await policies_for(session, caller, asked.model_id, asked.policy_id)
        for row in rows:
            if (
                row.id == asked.policy_id
            ):  # what is bound unasked is not in the way: its report says why it cannot judge
                await check_named(session, rules_of(row), asked.dataset_id)
        rules = [*asked.policy.rules, *(rule for row in rows for rule in rules_of(row))]
        if len(rules) > MOST_RULES:
            detail = f"with the policies that apply there are {len(rules)}; {MOST_RULES} may be"
            raise InvalidField("/policy/rules", detail)
        return asked.model_copy(update={"policy": Policy(rules=tuple(rules))}) if rows else asked

    async def add(self, session: AsyncSession, asked: AuditRequest) -> Job:
        """The audit, and the hardening that is a part of it."""
        harden = asked.harden
        job = new_job(
            self.kind,
            new_id(self.prefix),
            tenant_id=self._services.caller.tenant,
            phase="queued",
            priority=asked.execution.priority,
            model_id=asked.model_id,
            dataset_id=asked.dataset_id,
            train_dataset_id=harden.train_dataset_id if harden else None,
            child_job_id=new_id("hrd") if harden else None,
            request=stored(asked),
        )
        session.add(job)
        await session.flush()
        if harden is not None:
            session.add(self._hardening(job, asked))
            await session.flush()
        return job

    def _hardening(self, job: Job, asked: AuditRequest) -> Job:
        """The hardening of an audit: trained on its own data, compared on the audit's with the audit's attacks."""
        options = (
            asked.harden.model_dump(by_alias=True, exclude={"train_dataset_id"}, context=AS_WRITTEN)
            if asked.harden
            else {}
        )
        request = HardeningRequest.model_validate(
            {
                **options,
                "model_id": asked.model_id,
                "train_dataset_id": job.train_dataset_id,
                "eval_dataset_id": asked.dataset_id,
                "attacks": asked.attacks,
                "eval_max_samples": asked.max_samples,
                "eval_samples": asked.samples,
                "seed": asked.seed,
                "labels": asked.labels,
                "execution": asked.execution,
            }
        )
        return new_job(
            JobKind.HARDENING,
            job.child_job_id or "",
            tenant_id=job.tenant_id,
            phase="queued",
            priority=job.priority,
            model_id=asked.model_id,
            dataset_id=asked.dataset_id,
            train_dataset_id=job.train_dataset_id,
            parent_job_id=job.id,
            request=request.model_dump(mode="json", by_alias=True, context=AS_WRITTEN),
        )
