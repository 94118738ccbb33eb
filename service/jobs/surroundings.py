"""What is answered of a job beside its own row: what its model is called, and its report in one line."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from openapi.stages.base import Stage
from service.db.tables import Job, Model, ShardRow
from service.orchestrator.step_states import StepStatus

#: Fields of an answer.
Surroundings = Mapping[str, Any]
NONE: Surroundings = {}


def surroundings(session: Session, jobs: Sequence[Job]) -> dict[str, Surroundings]:
    """Job → `model_name` and `headline`, by two queries for all of them."""
    names = dict(
        session.execute(select(Model.id, Model.name).where(Model.id.in_({job.model_id for job in jobs}))).all()
    )
    reported = select(ShardRow.job_id, ShardRow.result["value"]["headline"].label("headline")).where(
        ShardRow.job_id.in_([job.id for job in jobs]),
        ShardRow.stage == Stage.REPORT,
        ShardRow.status == StepStatus.SUCCEEDED,
    )
    headlines = {row.job_id: row.headline for row in session.execute(reported)}
    return {job.id: {"model_name": names.get(job.model_id or ""), "headline": headlines.get(job.id)} for job in jobs}
