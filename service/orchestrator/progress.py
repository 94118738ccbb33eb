"""Phase, progress and time left of a job, read off its steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from service.db.tables import Job, ShardRow
from service.orchestrator.job_rows import UNFINISHED, log_event, set_phase

#: Between two progress events of a job.
_EVENT_SECONDS = 1.0


@dataclass(frozen=True)
class StepState:
    """How far a step is. `progress` is its worker's last word; `seconds` its work took, when it has succeeded."""

    phase: str
    stage: str
    status: str
    weight: float
    unit: str | None = None
    progress: dict[str, Any] | None = None
    started_at: datetime | None = None
    seconds: float | None = None

    @property
    def share(self) -> float:
        """The part that is done, from 0 to 1."""
        if self.status == "succeeded":
            return 1.0
        if not self.progress or not self.progress["total"]:
            return 0.0
        return float(min(1.0, self.progress["done"] / self.progress["total"]))


def present_phase(steps: Sequence[StepState]) -> str | None:
    """The phase of the first step, in the order of the plan, that is not finished; the last one's when all are."""
    phases = [step.phase for step in steps if step.status in UNFINISHED] or [step.phase for step in steps[-1:]]
    return phases[0] if phases else None


def phase_progress(steps: Sequence[StepState], phase: str | None) -> dict[str, Any] | None:
    """``{done, total, unit}`` of a phase: a single step's own, else the weights done; None when nothing tells."""
    mine = [step for step in steps if step.phase == phase]
    if len(mine) == 1 and (own := mine[0].progress):
        return {name: own[name] for name in ("done", "total", "unit")}
    if not mine or (len(mine) == 1 and mine[0].unit is None):
        return None
    done = sum(step.weight * step.share for step in mine)
    return {"done": round(done, 2), "total": sum(step.weight for step in mine), "unit": mine[0].unit or "steps"}


def seconds_left(steps: Sequence[StepState], now: datetime) -> float | None:
    """Estimated seconds until the steps planned so far are done; None while nothing tells.

    A running step goes on as fast as it went so far; one that does not run yet takes as long for its weight as those of
    its stage and phase took, or is left out when none of them has ended. As many steps run at once as do now.
    """
    spent: dict[tuple[str, str], tuple[float, float]] = {}
    for step in steps:
        if step.status == "succeeded" and step.seconds is not None:
            seconds, weight = spent.get((step.stage, step.phase), (0.0, 0.0))
            spent[step.stage, step.phase] = (seconds + step.seconds, weight + step.weight)
    left: list[float] = []
    running = sum(step.status == "running" for step in steps)
    for step in steps:
        if step.status not in UNFINISHED:
            continue
        seconds, weight = spent.get((step.stage, step.phase), (0.0, 0.0))
        if step.status == "running" and step.started_at is not None and step.share > 0:
            left.append((now - step.started_at).total_seconds() * (1 - step.share) / step.share)
        elif weight > 0:
            left.append(seconds / weight * step.weight * (1 - step.share))
    return round(sum(left) / max(1, running), 1) if left else None


async def step_states(session: AsyncSession, job: Job) -> list[StepState]:
    """The states of a job's steps, in the order of the plan."""
    await session.flush()
    # Columns, not rows: results can be large, and events are many.
    columns = select(
        ShardRow.phase,
        ShardRow.stage,
        ShardRow.status,
        ShardRow.weight,
        ShardRow.unit,
        ShardRow.progress,
        ShardRow.started_at,
        ShardRow.seconds,
    )
    found = await session.execute(columns.where(ShardRow.job_id == job.id).order_by(ShardRow.id))
    return [StepState(*row) for row in found.all()]


async def enter_phase(session: AsyncSession, job: Job) -> None:
    """Tell of the phase that the job is in after its plan has grown."""
    steps = await step_states(session, job)
    _set(session, job, steps)


def _set(session: AsyncSession, job: Job, steps: Sequence[StepState]) -> None:
    phase = present_phase(steps)
    if phase is not None and phase != job.phase:
        set_phase(session, job, phase)
    job.progress = phase_progress(steps, job.phase)
    job.seconds_left = seconds_left(steps, utc_now())


async def update_progress(session: AsyncSession, job: Job, *, force: bool = False) -> None:
    """Read phase and progress off the steps; an event is logged at most once a second."""
    _set(session, job, await step_states(session, job))
    now = utc_now()
    if job.progress and (force or job.progress_at is None or (now - job.progress_at).total_seconds() >= _EVENT_SECONDS):
        job.progress_at = now
        log_event(session, job, "progress", {"phase": job.phase, **job.progress})
        parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
        if parent is not None and parent.phase == "hardening":
            # Who follows an audit sees its hardening go on.
            log_event(session, parent, "progress", {"phase": "hardening", "detail": job.phase, **job.progress})
