"""What every job answers, whatever its kind."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from openapi.audits import Progress, Verdict
from openapi.problems import Problem
from openapi.status import JobStatus
from service.db.tables import Job
from service.orchestrator.job_rows import HARDENING
from service.orchestrator.step_states import Progress as StepProgress


class JobFacts(TypedDict):
    """Fields of an answer."""

    id: str
    status: JobStatus
    phase: str | None
    progress: Progress | None
    seconds_left: float | None
    verdict: Verdict | None
    problem: Problem | None
    waiting_for: Problem | None
    labels: Mapping[str, str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def _progress(found: StepProgress) -> Progress:
    return Progress(done=found["done"], total=found["total"], unit=found["unit"])


def job_facts(job: Job, child: Job | None = None) -> JobFacts:
    """The fields that every job answers. An audit whose hardening runs shows the hardening's progress."""
    at_work = child if child is not None and job.phase == HARDENING else job
    return {
        "id": job.id,
        "status": job.status,
        "phase": job.phase if job.phase or job.status != JobStatus.QUEUED else "queued",
        "progress": None if at_work.progress is None else _progress(at_work.progress),
        "seconds_left": at_work.seconds_left,
        "verdict": job.verdict,
        "problem": Problem.model_validate(job.problem) if job.problem else None,
        "waiting_for": Problem.model_validate(at_work.waiting_for) if at_work.waiting_for else None,
        "labels": job.request.get("labels", {}),
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }
