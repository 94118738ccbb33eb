"""Phase, progress and time left of a job, read off its steps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import JsonObject, utc_now
from openapi.stages.base import Stage
from service.db.tables import Job, ShardRow
from service.orchestrator.job_rows import HARDENING, log_event, set_phase
from service.orchestrator.plan import Ahead
from service.orchestrator.step_states import UNFINISHED, Progress, StepStatus

#: Between two progress events of a job, at least; and of a job that has run long this part of its time, so that a day
#: leaves some 3,600 of them and not 86,400.
_EVENT_SECONDS = 1.0
_EVENT_SHARE = 1 / 600
#: So many of a stage's last steps say what its usual pace is.
_USUAL = 20


@dataclass(frozen=True)
class StepState:
    """How far a step is. `progress` is its worker's last word; `seconds` its work took, when it has succeeded."""

    phase: str
    stage: str
    status: StepStatus
    weight: float
    unit: str | None = None
    progress: Progress | None = None
    started_at: datetime | None = None
    seconds: float | None = None

    @property
    def share(self) -> float:
        """The part that is done, from 0 to 1."""
        if self.status == StepStatus.SUCCEEDED:
            return 1.0
        if not self.progress or not self.progress["total"]:
            return 0.0
        return float(min(1.0, self.progress["done"] / self.progress["total"]))


def present_phase(steps: Sequence[StepState]) -> str | None:
    """The phase of the first step, in the order of the plan, that is not finished; the last one's when all are."""
    phases = [step.phase for step in steps if step.status in UNFINISHED] or [step.phase for step in steps[-1:]]
    return phases[0] if phases else None


def phase_progress(steps: Sequence[StepState], phase: str | None) -> Progress | None:
    """The progress of a phase: a single step's own, else the weights done and what the first step that runs tells of
    itself; None when nothing tells."""
    mine = [step for step in steps if step.phase == phase]
    if len(mine) == 1 and (own := mine[0].progress):
        # Its worker's last word may be older than its end.
        return {**own, "done": own["total"]} if mine[0].status == StepStatus.SUCCEEDED else own
    if not mine or (len(mine) == 1 and mine[0].unit is None):
        return None
    done = sum(step.weight * step.share for step in mine)
    found: Progress = {
        "done": round(done, 2),
        "total": sum(step.weight for step in mine),
        "unit": mine[0].unit or "steps",
    }
    for step in mine:
        if step.status == StepStatus.RUNNING and step.progress and "told" in step.progress:
            return {**found, "told": step.progress["told"]}
    return found


class Pace:
    """Seconds that a stage takes for a weight of 1: of steps of the same phase, else of the same job, else usually."""

    def __init__(self, steps: Sequence[StepState], usual: Mapping[str, float]) -> None:
        self._usual = usual
        self._spent: dict[tuple[str, str | None], tuple[float, float]] = {}
        for step in steps:
            if step.status == StepStatus.SUCCEEDED and step.seconds is not None:
                for key in ((step.stage, step.phase), (step.stage, None)):
                    seconds, weight = self._spent.get(key, (0.0, 0.0))
                    self._spent[key] = (seconds + step.seconds, weight + step.weight)

    def of(self, stage: str, phase: str) -> float | None:
        """The pace of a stage in a phase; None where nothing tells."""
        for key in ((stage, phase), (stage, None)):
            seconds, weight = self._spent.get(key, (0.0, 0.0))
            if weight > 0:
                return seconds / weight
        return self._usual.get(stage)


def seconds_left(
    steps: Sequence[StepState], now: datetime, ahead: Sequence[Ahead] = (), usual: Mapping[str, float] | None = None
) -> float | None:
    """Estimated seconds until the job is done; None while nothing tells.

    A running step goes on as fast as it went so far; one that does not run yet, and each phase `ahead` without a step,
    takes its weight times the `Pace` of its stage (`usual`: stage → pace), or is left out where there is none.
    As many steps run at once as do now; those of a phase ahead wait for all before them.
    """
    pace = Pace(steps, usual or {})
    running = max(1, sum(step.status == StepStatus.RUNNING for step in steps))
    left: list[float] = []
    for step in steps:
        if step.status not in UNFINISHED:
            continue
        if step.status == StepStatus.RUNNING and step.started_at is not None and step.share > 0:
            left.append((now - step.started_at).total_seconds() * (1 - step.share) / step.share / running)
        elif (known := pace.of(step.stage, step.phase)) is not None:
            left.append(known * step.weight * (1 - step.share) / running)
    planned = {step.phase for step in steps}
    for later in ahead:
        if later.phase not in planned and (known := pace.of(later.stage, later.phase)) is not None:
            left.append(known * later.weight / min(running, later.steps))
    return round(sum(left), 1) if left else None


async def usual_paces(session: AsyncSession, stages: Iterable[str]) -> dict[str, float]:
    """Stage → seconds for a weight of 1, over its last steps in any job; without the stages that were never done."""
    found = {}
    for stage in stages:
        done = select(ShardRow.seconds, ShardRow.weight).where(ShardRow.stage == stage, ShardRow.seconds.is_not(None))
        rows = (await session.execute(done.order_by(ShardRow.id.desc()).limit(_USUAL))).all()
        if weight := sum(row.weight for row in rows):
            found[stage] = sum(row.seconds for row in rows) / weight
    return found


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
    await _set(session, job, steps)


async def _set(session: AsyncSession, job: Job, steps: Sequence[StepState]) -> None:
    phase = present_phase(steps)
    if phase is not None and phase != job.phase:
        set_phase(session, job, phase)
    job.progress = phase_progress(steps, job.phase)
    ahead = [Ahead(phase, Stage(stage), weight, count) for phase, stage, weight, count in job.ahead]
    paced = {step.stage for step in steps if step.seconds is not None}
    wanted = {step.stage for step in steps if step.status in UNFINISHED} | {later.stage.value for later in ahead}
    job.seconds_left = seconds_left(steps, utc_now(), ahead, await usual_paces(session, sorted(wanted - paced)))


def look_ahead(job: Job, ahead: Sequence[Ahead]) -> None:
    """Keep what phases a job's plan does not hold yet."""
    job.ahead = [[later.phase, later.stage.value, later.weight, later.steps] for later in ahead]


def _as_json(progress: Progress) -> JsonObject:
    told: JsonObject = {} if "told" not in progress else {"told": progress["told"]}
    return {"done": progress["done"], "total": progress["total"], "unit": progress["unit"], **told}


def is_event_due(now: datetime, started_at: datetime | None, last_at: datetime | None) -> bool:
    """Whether progress is told again: once a second for ten minutes, and then ever more rarely."""
    if last_at is None:
        return True
    ran = 0.0 if started_at is None else (now - started_at).total_seconds()
    return (now - last_at).total_seconds() >= max(_EVENT_SECONDS, _EVENT_SHARE * ran)


async def update_progress(session: AsyncSession, job: Job, *, force: bool = False) -> None:
    """Read phase and progress off the steps; an event is logged now and then (see `is_event_due`)."""
    await _set(session, job, await step_states(session, job))
    now = utc_now()
    if job.progress and (force or is_event_due(now, job.started_at, job.progress_at)):
        job.progress_at = now
        told = _as_json(job.progress)
        log_event(session, job, "progress", {"phase": job.phase, **told})
        parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
        if parent is not None and parent.phase == HARDENING:
            # Who follows an audit sees its hardening go on.
            log_event(session, parent, "progress", {"phase": HARDENING, "detail": job.phase, **told})
