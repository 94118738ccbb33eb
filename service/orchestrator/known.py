"""Reads out of the database what a job's plan is drawn from."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.audits import AuditRequest
from openapi.base import utc_now
from openapi.problems import Problem
from openapi.stages.base import Stage
from openapi.stages.comparison import Comparison
from openapi.wire.settings import Settings
from service.db.tables import Job, ShardRow
from service.orchestrator.hardened import RIVAL
from service.orchestrator.job_kinds import JOB_KINDS
from service.orchestrator.loading import load_baselines, load_dataset, load_kept, load_mask_files, load_model
from service.orchestrator.masks import mask_artifacts
from service.orchestrator.plan import Child, Done, Known
from service.orchestrator.step_rows import result_of, succeeded
from service.orchestrator.subjects import DatasetSubject, Part


async def load_known(session: AsyncSession, job: Job, settings: Settings) -> Known[Any] | None:
    """All that the job's plan is drawn from; None while something that it works on is inspected.

    Raises `SubjectRejected` when inspection refused it, and `ValidationError` when the stored request is broken.
    """
    kind = JOB_KINDS[job.kind]
    request = kind.request(job.request)
    # All are looked at, so that a rejected one is told of while another is still inspected.
    model = None if job.model_id is None else await load_model(session, job.model_id, "/model_id")
    datasets: dict[Part, DatasetSubject | None] = {}
    for part, (column, pointer) in kind.datasets.items():
        identity = getattr(job, column)
        if identity is not None:
            datasets[part] = await load_dataset(session, identity, pointer)
    for part, (identity, pointer) in kind.named(request).items():
        datasets[part] = await load_dataset(session, identity, pointer)
    ready = {part: dataset for part, dataset in datasets.items() if dataset is not None}
    if (model is None and job.model_id is not None) or len(ready) < len(datasets):
        return None
    if Part.EVAL in ready and (artifacts := mask_artifacts(request)):
        files = await load_mask_files(session, artifacts)
        ready[Part.EVAL] = replace(ready[Part.EVAL], mask_files=files)
    await session.flush()
    parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
    rows = await succeeded(session, job.id)
    return Known(
        job_id=job.id,
        kind=job.kind,
        created_at=job.created_at,
        now=utc_now(),
        request=request,
        classifier=model,
        datasets=ready,
        planned=frozenset(await session.scalars(select(ShardRow.name).where(ShardRow.job_id == job.id))),
        done={row.name: _done(row) for row in rows},
        slice_size=settings.shard_samples,
        stopped=(job.metrics or {}).get("stopped"),
        child=await _child(session, job),
        keeps_examples=bool(parent and parent.request.get("keep_examples")),
        kept=await load_kept(session, replayed) if (replayed := getattr(request, "replay_of", None)) else (),
        baselines=await load_baselines(session, _relative_to(request), job.tenant_id),
    )


def _relative_to(request: Any) -> list[str]:
    """The audits that rules of a request are relative to."""
    rules = request.policy.rules if isinstance(request, AuditRequest) else ()
    return [rule.relative_to for rule in rules if rule.relative_to is not None]


async def _child(session: AsyncSession, job: Job) -> Child | None:
    child = await session.get(Job, job.child_job_id) if job.child_job_id else None
    if child is None:
        return None
    trained = [row for row in await succeeded(session, child.id) if row.stage == Stage.HARDEN and row.name != RIVAL]
    return Child(
        child.id,
        child.status,
        child.hardened_model_id,
        child.verdict,
        Comparison.model_validate(child.metrics) if child.metrics else None,
        Problem.model_validate(child.problem) if child.problem else None,
        _done(trained[-1]) if trained else None,
    )


def _done(row: ShardRow) -> Done:
    return Done(row.phase, row.name, row.stage, result_of(row))
