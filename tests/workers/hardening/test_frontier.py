"""The walk between the uploaded and the hardened weights: by hand, and on a network."""

from collections.abc import Callable

import pytest
import torch
from pydantic import ValidationError

from openapi.hardening_options import Goal, HardenOptions
from openapi.stages.harden import Epoch
from tests.workers.hardening.nets import options, shipped
from workers.hardening.data import TrainingSet
from workers.hardening.frontier import Candidate, Way, between, candidate, walk
from workers.hardening.training import Hardener
from workers.models.audited import AuditedModel


def line(share: float) -> tuple[float, float]:
    """Clean accuracy falls from 0.9 to 0.5, robust accuracy rises from 0 to 0.6."""
    return 0.9 - 0.4 * share, 0.6 * share


def test_a_permitted_drop_is_used_as_far_as_it_goes() -> None:
    points, best, met = walk(line, Goal(clean_drop=0.2))
    assert met
    # 0.4 · share ≤ 0.2 up to 0.5; the grid's 0.4 is refined three times by halves towards 0.6.
    assert best.share == pytest.approx(0.5)
    assert [p.share for p in points] == sorted(p.share for p in points)
    assert len(points) == 9


def test_a_wanted_robustness_costs_as_little_as_it_can() -> None:
    points, best, met = walk(line, Goal(robust_accuracy=0.3))
    assert met
    assert best.share == pytest.approx(0.5)
    assert best.clean_accuracy == max(p.clean_accuracy for p in points if p.robust_accuracy >= 0.3)


def test_what_cannot_be_had_is_said_and_the_most_robust_comes() -> None:
    _, best, met = walk(line, Goal(robust_accuracy=0.7))
    assert not met
    assert best.share == 1.0


def test_no_drop_at_all_delivers_weights_as_accurate_as_the_uploaded() -> None:
    _, best, met = walk(line, Goal(clean_drop=0.0))
    assert met
    assert best.share == 0.0


def test_the_ends_are_the_weights_themselves_and_counters_are_not_averaged() -> None:
    vanilla = {"w": torch.tensor([0.1, 1 / 3]), "count": torch.tensor(3)}
    hardened = {"w": torch.tensor([0.7, 2.0]), "count": torch.tensor(9)}
    assert between(vanilla, hardened, 0.0) is vanilla
    assert between(vanilla, hardened, 1.0) is hardened
    middle = between(vanilla, hardened, 0.25)
    torch.testing.assert_close(middle["w"], 0.75 * vanilla["w"] + 0.25 * hardened["w"])
    assert middle["count"] == 9


def epoch(number: int, clean: float, robust: float) -> Epoch:
    empty = dict.fromkeys(("loss", "l_adv", "l_sns"))
    numbers = {"clean_accuracy": 0.0, "robust_accuracy": 0.0, "sensitivity": 0.0, "lr": 0.0, "seconds": 0.0}
    judged = {"validation_clean": clean, "validation_robust": robust}
    return Epoch.model_validate({"epoch": number, **empty, **numbers, **judged})


def test_the_best_epoch_for_a_goal_is_kept_with_its_weights() -> None:
    log = [epoch(0, 0.9, 0.0), epoch(1, 0.85, 0.4), epoch(2, 0.6, 0.7), epoch(3, 0.86, 0.4), epoch(4, 0.84, 0.5)]
    for goal, best in ((Goal(clean_drop=0.1), 4), (Goal(robust_accuracy=0.35), 3), (Goal(robust_accuracy=0.9), 2)):
        found: Candidate | None = None
        for i in range(1, 5):
            found = candidate(found, log[: i + 1], goal, {"w": torch.tensor(float(i))})
        assert found is not None
        assert (found.epoch, float(found.weights["w"])) == (best, best)


@pytest.mark.parametrize(("clean", "delivered"), [(0.85, 1), (0.7, None)])
def test_an_epoch_along_the_run_is_delivered_where_it_serves_better(clean: float, delivered: int | None) -> None:
    weights = {"w": torch.tensor(1.0)}
    vanilla = {"w": torch.tensor(0.0)}
    way = Way(weights, vanilla, renew=lambda: None, measure=lambda: line(float(weights["w"])), report=lambda *_: None)
    rival = Candidate(1, clean, 0.55, {"w": torch.tensor(7.0)})
    left: list[float] = []
    log = [epoch(0, 0.9, 0.0), epoch(1, clean, 0.55)]
    found = way.walk(Goal(clean_drop=0.1), left.append, log=log, rival=rival)
    assert [(p.epoch, p.clean_accuracy, p.robust_accuracy) for p in found.epochs] == [(1, clean, 0.55)]
    assert (found.met, found.delivered_epoch) == (True, delivered)
    assert float(weights["w"]) == (7.0 if delivered else found.delivered)
    others = {p.share for p in found.points} - (set() if delivered else {found.delivered})
    assert set(left) == others


@pytest.mark.slow
def test_the_weights_that_serve_the_goal_are_delivered(fresh: Callable[..., AuditedModel]) -> None:
    data, model = TrainingSet(*shipped("train", 300)), fresh(norm=True)
    settings = options(epochs=2, pairs=40, validation=0.3, goal=Goal(clean_drop=0.05), lambda_=0.3)
    frontier = Hardener(model, data, settings, seed=0).run().frontier
    assert frontier is not None
    at = {p.share: p for p in frontier.points}
    assert frontier.met
    best = at[frontier.delivered].clean_accuracy
    if frontier.delivered_epoch is not None:
        best = {p.epoch: p.clean_accuracy for p in frontier.epochs}[frontier.delivered_epoch]
    assert at[0.0].clean_accuracy - best <= 0.05 + 1e-9
    held = data.split(0.3, 0)[1]
    right = sum(int((model(r.x).argmax(1) == r.y).sum()) for r in held.all(50))
    assert right / len(held) == pytest.approx(best)


def test_a_goal_is_one_number_and_needs_a_validation_split() -> None:
    for given in ({}, {"clean_drop": 0.1, "robust_accuracy": 0.5}):
        with pytest.raises(ValidationError, match="one of the two"):
            Goal.model_validate(given)
    with pytest.raises(ValidationError, match="set validation"):
        HardenOptions(goal=Goal(clean_drop=0.1))
