"""How far a hardening is: one number that only grows, whatever its parts report of themselves."""

from pathlib import Path
from typing import Any

import pytest
from torch import nn

from openapi.stages.base import Stage
from tests.workers.hardening.nets import options
from tests.workers.hardening.stage import context
from workers.hardening.course import PHASES, Course, passes
from workers.jobs.context import MOMENT
from workers.jobs.running import run_stage

Event = tuple[float, float, str, str | None]


def told(model: nn.Module, folder: Path, **change: Any) -> list[Event]:
    """What the stage reports, from its beginning to its end."""
    ctx, events = context(model, folder), list[Event]()
    settings = options(**{"epochs": 2, "pairs": 50, "batch_size": 30, "max_samples": None} | change)
    ctx.params["harden"] = settings.model_dump(mode="json", by_alias=True)
    ctx.report = lambda *event: events.append(event)
    run_stage(Stage.HARDEN, ctx)
    return events


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "unit", "phases"),
    [
        ({}, "batches", {"select neurons", "harden"}),
        (
            {"selection": "dynamic", "validation": 0.2, "goal": {"clean_drop": 0.1}},
            "batches",
            {"select neurons", "harden", "weigh"},
        ),
        (
            {"layers": "auto", "lambda_choice": "search", "validation": 0.2, "adversary": "fixed"},
            "batches",
            {"weigh layers", "try", "select neurons", "fix adversaries", "harden"},
        ),
        ({"budget": {"seconds": 2}, "method": "pat"}, "batches", {"select neurons", "harden"}),
        ({"method": "rift", "validation": 0.2}, "batches", {"weigh layers", "select neurons", "harden", "weigh"}),
        ({"method": "meansparse", "validation": 0.2}, "percent", {"select neurons", "choose"}),
    ],
    ids=["plain", "goal", "decided", "budget", "rift", "edit"],
)
def test_it_grows_to_the_end(
    vanilla: nn.Module, tmp_path: Path, change: dict[str, Any], unit: str, phases: set[str]
) -> None:
    events = told(vanilla, tmp_path, **change)
    assert {event[3] for event in events} == phases | {"try export", "export"}
    assert {event[2] for event in events} == {unit}
    shares = [done / total for done, total, _, _ in events]
    assert shares == sorted(shares)
    assert (shares[0], events[-1][0]) == (0, events[-1][1])
    trained = [share for share, event in zip(shares, events, strict=True) if event[3] == "harden"]
    assert len(set(trained)) >= len(trained) - 1  # every batch is seen, but for those that a budget adds
    assert not trained or trained[-1] - trained[0] > 0.2


@pytest.mark.slow
def test_an_attempt_that_goes_on_begins_where_the_last_one_stood(vanilla: nn.Module, tmp_path: Path) -> None:
    """And a moment from before the first epoch is no progress."""
    ctx, events = context(vanilla, tmp_path), list[Event]()
    ctx.params["harden"] = options(epochs=3, pairs=50, batch_size=30, max_samples=None).model_dump(
        mode="json", by_alias=True
    )
    kept: list[bytes] = []
    ctx.kept = lambda: kept.append(ctx.moment.read_bytes())
    run_stage(Stage.HARDEN, ctx)
    (tmp_path / "moment").write_bytes(kept[1])  # after the second epoch
    (tmp_path / "more").mkdir()
    again = context(vanilla, tmp_path / "more")
    again.params["harden"] = ctx.params["harden"]
    again.inputs = {**again.inputs, MOMENT: tmp_path / "moment"}
    again.report = lambda *event: events.append(event)
    run_stage(Stage.HARDEN, again)
    shares = [done / total for done, total, _, _ in events]
    assert shares == sorted(shares)
    assert 0.6 < shares[0] < 0.8


def test_what_comes_again_stands_still() -> None:
    seen: list[float] = []
    asked = options(epochs=2, selection="dynamic")
    course = Course(lambda done, total, unit, phase: seen.append(done / total), asked, 500)
    for done, phase in ((1, "select neurons"), (3, "harden"), (1, "select neurons"), (2, "harden"), (4, "harden")):
        course.report(done, 4, "own", phase)
    assert seen[0] < seen[1] == seen[2] == seen[3] < seen[4]


def test_shares_are_of_the_passes() -> None:
    asked = options(method="pat", pairs=100, steps=8, epochs=3)
    found = passes(asked, 1000)
    assert set(found) == set(PHASES)
    assert found["select neurons"] == 100 * 9
    assert found["harden"] == 3 * (1000 * 10 + 128 * 12)
    free = passes(options(method="at", adversary="free", steps=4, epochs=3), 1000)
    assert free["harden"] == 3 * (1000 * 4 * 2 + 128 * 12)


def test_a_budget_becomes_epochs_without_a_step_back() -> None:
    seen: list[float] = []
    asked = options(budget={"seconds": 100}, epochs=1)
    course = Course(lambda done, total, unit, phase: seen.append(done / total), asked, 500)
    course.report(1, 2, "batches", "harden")
    course.planned(400)
    course.report(1, 400, "batches", "harden")
    assert seen[1] == pytest.approx(seen[0], abs=1e-3)
    assert seen[1] >= seen[0]
