"""Phase, progress and time left, as they are read off the steps of a plan."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openapi.stages.base import Stage
from service.orchestrator.plan import Ahead
from service.orchestrator.progress import StepState, is_event_due, phase_progress, present_phase, seconds_left
from service.orchestrator.step_states import Progress, StepStatus


def state(phase: str, status: str, **fields: Any) -> StepState:
    return StepState(phase, fields.pop("stage", "attack"), StepStatus(status), fields.pop("weight", 4.0), **fields)


def test_phase_and_progress_are_read_off_the_steps() -> None:
    half: Progress = {"done": 1, "total": 2, "unit": "epochs"}
    steps = [
        state("a", "succeeded", unit="samples"),
        state("a", "running", unit="samples", progress=half),
        state("b", "waiting"),
    ]
    assert present_phase(steps) == "a"
    assert phase_progress(steps, "a") == {"done": 6.0, "total": 8.0, "unit": "samples"}
    assert phase_progress(steps, "b") is None
    told: Progress = {**half, "told": {"epoch": 2}}
    two = [state("t", "succeeded", progress=half), state("t", "running", progress=told), state("t", "queued")]
    assert phase_progress(two, "t") == {"done": 6.0, "total": 12.0, "unit": "steps", "told": {"epoch": 2}}
    assert phase_progress([state("t", "running", progress=half)], "t") == half
    ended = state("t", "succeeded", progress=half)
    assert phase_progress([ended], "t") == {**half, "done": 2}, "its worker's last word is older than its end"
    assert (present_phase([]), present_phase(steps[:1])) == (None, "a")


NOW = datetime(2026, 1, 1, tzinfo=UTC)
HALF = {"done": 1, "total": 2, "unit": "samples"}
DONE = state("a", "succeeded", seconds=8.0)


def running(seconds: float, phase: str = "a", **fields: Any) -> StepState:
    """A step that is half done after so many seconds."""
    return state(phase, "running", progress=HALF, started_at=NOW - timedelta(seconds=seconds), **fields)


def test_the_time_left_follows_the_pace_so_far() -> None:
    assert seconds_left([state("a", "queued")], NOW) is None, "nothing tells"
    assert seconds_left([DONE, state("a", "queued"), state("r", "waiting", stage="report")], NOW) == 8.0
    assert seconds_left([DONE, running(6), running(6), state("a", "queued")], NOW) == (6 + 6 + 8) / 2
    assert seconds_left([DONE], NOW) is None


def test_steps_take_the_longer_the_heavier_they_are() -> None:
    assert seconds_left([DONE, state("a", "queued", weight=10.0)], NOW) == 20.0


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([state("b", "succeeded", seconds=2.0), DONE, state("b", "queued")], 2.0),  # its own phase knows best
        ([DONE, state("b", "queued")], 8.0),  # else other phases of its stage
        ([state("b", "queued")], 12.0),  # else what the stage took in other jobs
        ([DONE, state("b", "queued", stage="harden")], None),
    ],
)
def test_the_pace_of_a_stage(steps: list[StepState], expected: float | None) -> None:
    assert seconds_left(steps, NOW, usual={"attack": 3.0}) == expected


def test_phases_that_are_not_planned_yet_are_counted() -> None:
    training = [running(30, "training", stage="harden", weight=100.0)]
    ahead = [
        Ahead("training", Stage.HARDEN, 100.0),  # it has its step
        Ahead("evaluation", Stage.ATTACK, 40.0, 4),
        Ahead("report", Stage.REPORT),
    ]
    assert seconds_left(training, NOW, ahead) == 30.0
    usual = {"attack": 0.5, "report": 3.0}
    assert seconds_left(training, NOW, ahead, usual) == 30.0 + 20.0 + 3.0
    two = [running(30, "training", stage="harden"), running(10, "training", stage="harden")]
    assert seconds_left(two, NOW, ahead, usual) == (30 + 10) / 2 + 20.0 / 2 + 3.0, "one report cannot be shared"
    assert seconds_left([], NOW, ahead, usual) == 23.0


@pytest.mark.parametrize(("hours", "most"), [(1 / 6, 601), (1.0, 1800), (24.0, 3700)])
def test_events_of_progress_do_not_grow_with_time(hours: float, most: int) -> None:
    """Workers tell four times a second how far they are; a job of a day leaves few events more than one of an hour."""
    told, last = 0, None
    for quarter in range(int(hours * 3600 * 4)):
        now = NOW + timedelta(seconds=quarter / 4)
        if is_event_due(now, NOW, last):
            told, last = told + 1, now
    assert 600 <= told <= most
