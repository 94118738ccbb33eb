"""Phase, progress and time left of a job, read off its steps."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Text, and_, bindparam, case, cast, func, or_, select
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
#: So many of a stage's last steps say what its usual pace is, and they are asked for so often at most.
_USUAL = 20
_PACE_SECONDS = 10.0
#: Of each database: stage → when it was asked for, and the pace.
_PACES: WeakKeyDictionary[Engine, dict[str, tuple[float, float]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class StepState:
    """How far a step is, or `count` steps of which there is no more to say than of one that is as heavy as all.

    `progress` is its worker's last word; `seconds` its work took, when it has succeeded. `first` is the id of the
    first of them.
    """

    phase: str
    stage: str
    status: StepStatus
    weight: float
    unit: str | None = None
    progress: Progress | None = None
    started_at: datetime | None = None
    seconds: float | None = None
    count: int = 1
    first: str = ""

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
    if not mine:
        return None
    first, alone = min(mine, key=lambda step: step.first), sum(step.count for step in mine) == 1
    if alone and (own := first.progress):
        # Its worker's last word may be older than its end.
        return {**own, "done": own["total"]} if first.status == StepStatus.SUCCEEDED else own
    if alone and first.unit is None:
        return None
    done = sum(step.weight * step.share for step in mine)
    found: Progress = {
        "done": round(done, 2),
        "total": sum(step.weight for step in mine),
        "unit": first.unit or "steps",
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
    found, now = {}, time.monotonic()
    known = _PACES.setdefault(session.get_bind().engine, {})
    for stage in stages:
        if stage not in known or now - known[stage][0] > _PACE_SECONDS:
            done = select(ShardRow.seconds, ShardRow.weight).where(
                ShardRow.stage == stage, ShardRow.seconds.is_not(None)
            )
            rows = (await session.execute(done.order_by(ShardRow.id.desc()).limit(_USUAL))).all()
            weight = sum(row.weight for row in rows)
            if not weight:
                continue
            known[stage] = now, sum(row.seconds for row in rows) / weight
        found[stage] = known[stage][1]
    return found


_ALONE = or_(
    ShardRow.status == StepStatus.RUNNING,
    and_(ShardRow.status != StepStatus.SUCCEEDED, ShardRow.progress.is_not(None)),
)
_KEYS = (
    ShardRow.phase,
    ShardRow.stage,
    ShardRow.status,
    ShardRow.unit,
    ShardRow.seconds.is_(None),
    case((_ALONE, ShardRow.id)),
)
#: The steps of a job, each that has something of its own to tell alone, the others added up: events are many, and so
#: are the steps that wait or are done. Built once.
_STATES = (
    select(
        ShardRow.phase,
        ShardRow.stage,
        ShardRow.status,
        func.sum(ShardRow.weight),
        ShardRow.unit,
        func.max(cast(ShardRow.progress, Text)),
        func.max(ShardRow.started_at),
        func.sum(ShardRow.seconds),
        func.count(),
        func.min(ShardRow.id),
        func.max(ShardRow.id),
    )
    .where(ShardRow.job_id == bindparam("id"))
    .group_by(*_KEYS)
)


async def step_states(session: AsyncSession, job: Job) -> list[StepState]:
    """The states of a job's steps: what is unfinished by its first step in the plan, what is finished by its last."""
    await session.flush()
    found: list[tuple[str, StepState]] = []
    for row in await session.execute(_STATES, {"id": job.id}):
        phase, stage, status, weight, unit, progress, started_at, seconds, count, first, last = row
        told = json.loads(progress) if progress and count == 1 else None
        state = StepState(phase, stage, status, weight, unit, told, started_at, seconds, count, first)
        found.append((first if state.status in UNFINISHED else last, state))
    return [state for _, state in sorted(found, key=lambda pair: pair[0])]


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
