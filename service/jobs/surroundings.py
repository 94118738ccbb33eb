"""What is answered of a job beside its own row: what its model is called, and its report in one line."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from openapi.stages.base import Stage
from service.db.tables import Job, Model, ShardRow
from service.orchestrator.step_states import StepStatus

#: Fields of an answer.
Surroundings = Mapping[str, Any]
NONE: Surroundings = {}

# Built once: of what a statement costs, building it anew is the most, and jobs are asked for again and again.
_NAME = select(Model.name).where(Model.id == Job.model_id).scalar_subquery()
_HEADLINE = (
    select(ShardRow.result["value"]["headline"])
    .where(ShardRow.job_id == Job.id, ShardRow.stage == Stage.REPORT, ShardRow.status == StepStatus.SUCCEEDED)
    .limit(1)
    .scalar_subquery()
)
_BESIDE = select(Job.id, _NAME.label("model_name"), _HEADLINE.label("headline")).where(
    Job.id.in_(bindparam("ids", expanding=True))
)
_ONE = select(Job, _NAME.label("model_name"), _HEADLINE.label("headline")).where(Job.id == bindparam("id"))


def surroundings(session: Session, jobs: Sequence[Job]) -> dict[str, Surroundings]:
    """Job → `model_name` and `headline`, by one query for all of them."""
    found = session.execute(_BESIDE, {"ids": [job.id for job in jobs]})
    return {row.id: {"model_name": row.model_name, "headline": row.headline} for row in found}


def job_and_surroundings(session: Session, identity: str) -> tuple[Job | None, Surroundings]:
    """A job and what is answered beside it, by one query; None where there is no such job."""
    row = session.execute(_ONE, {"id": identity}).one_or_none()
    return (None, NONE) if row is None else (row.Job, {"model_name": row.model_name, "headline": row.headline})
