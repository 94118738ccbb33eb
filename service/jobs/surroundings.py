"""What is answered of a job beside its own row: what its model is called, its headline, its place in the queue."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from openapi.audits import AuditRequest
from openapi.base import NEWER
from openapi.replays import replay_report
from openapi.stages.base import Stage
from openapi.stages.replay import ReplayValue
from openapi.status import JobKind, JobStatus
from service.db.tables import Job, Model, ShardRow
from service.orchestrator.step_states import StepStatus
from service.orchestrator.turns import goes_before

#: Fields of an answer.
Surroundings = Mapping[str, object]
NONE: Surroundings = {}

# Built once: of what a statement costs, building it anew is the most, and jobs are asked for again and again.
_NAME = select(Model.name).where(Model.id == Job.model_id).scalar_subquery()
_HEADLINE = (
    select(ShardRow.result["value"]["headline"])
    .where(ShardRow.job_id == Job.id, ShardRow.stage == Stage.REPORT, ShardRow.status == StepStatus.SUCCEEDED)
    .limit(1)
    .scalar_subquery()
)
_OTHER = aliased(Job)
#: Those of the same tenant that go first, as `service.orchestrator.turns` has it; inspections have a lane of their own.
_BEFORE = (
    select(func.count())
    .where(
        _OTHER.tenant_id == Job.tenant_id,
        _OTHER.status == JobStatus.QUEUED,
        _OTHER.kind.in_((JobKind.AUDIT, JobKind.HARDENING)),
        _OTHER.parent_job_id.is_(None),
        goes_before(_OTHER, Job),
    )
    .scalar_subquery()
)
_POSITION = case((Job.status == JobStatus.QUEUED, _BEFORE))
_FIELDS = (_NAME.label("model_name"), _HEADLINE.label("headline"), _POSITION.label("queue_position"))
_BESIDE = select(Job.id, *_FIELDS).where(Job.id.in_(bindparam("ids", expanding=True)))
_ONE = select(Job, *_FIELDS).where(Job.id == bindparam("id"))


def surroundings(session: Session, jobs: Sequence[Job]) -> dict[str, Surroundings]:
    """Job → its name, headline and place, by one query for all of them, and of an audit with one its `replay`."""
    found = session.execute(_BESIDE, {"ids": [job.id for job in jobs]})
    replays = _replays(session, jobs)
    return {row.id: {**_beside(row), **replays.get(row.id, NONE)} for row in found}


def _beside(row: Row[Any]) -> Surroundings:
    return {name: getattr(row, name) for name in ("model_name", "headline", "queue_position")}


def job_and_surroundings(session: Session, identity: str) -> tuple[Job | None, Surroundings]:
    """A job and what is answered beside it, by one query, or two where an earlier audit's examples were tried; None
    where there is no such job."""
    row = session.execute(_ONE, {"id": identity}).one_or_none()
    if row is None:
        return None, NONE
    replay = _replays(session, [row.Job]).get(identity, NONE)
    return row.Job, {**_beside(row), **replay}


def _replays(session: Session, jobs: Sequence[Job]) -> dict[str, Surroundings]:
    """Audit → `replay`, what the examples of an earlier one said, of those that have tried some."""
    asked = {job.id: job for job in jobs if job.request.get("replay_of") is not None}
    if not asked:
        return {}
    done = select(ShardRow.job_id, ShardRow.result["value"].label("value")).where(
        ShardRow.job_id.in_(asked), ShardRow.stage == Stage.REPLAY, ShardRow.status == StepStatus.SUCCEEDED
    )
    found: dict[str, Surroundings] = {}
    for row in session.execute(done):
        with suppress(ValidationError):  # a broken row is told of by itself
            request = AuditRequest.model_validate(asked[row.job_id].request)
            value = ReplayValue.model_validate(row.value, extra=NEWER)
            report = replay_report(str(request.replay_of), value, request.attacks or (), request.policy.rules)
            found[row.job_id] = {"replay": report}
    return found
