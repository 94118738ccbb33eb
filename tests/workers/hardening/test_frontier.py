"""The walk between the uploaded and the hardened weights: by hand, and on a network."""

from collections.abc import Callable

import pytest
import torch
from pydantic import ValidationError

from openapi.hardening_options import Goal, HardenOptions
from tests.workers.hardening.nets import options, shipped
from workers.hardening.data import TrainingSet
from workers.hardening.frontier import between, walk
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


@pytest.mark.slow
def test_the_weights_that_serve_the_goal_are_delivered(fresh: Callable[..., AuditedModel]) -> None:
    data, model = TrainingSet(*shipped("train", 300)), fresh(norm=True)
    settings = options(epochs=2, pairs=40, validation=0.3, goal=Goal(clean_drop=0.05), lambda_=0.3)
    frontier = Hardener(model, data, settings, seed=0).run().frontier
    assert frontier is not None
    at = {p.share: p for p in frontier.points}
    assert frontier.met
    assert at[0.0].clean_accuracy - at[frontier.delivered].clean_accuracy <= 0.05 + 1e-9
    held = data.split(0.3, 0)[1]
    right = sum(int((model(r.x).argmax(1) == r.y).sum()) for r in held.all(50))
    assert right / len(held) == pytest.approx(at[frontier.delivered].clean_accuracy)


def test_a_goal_is_one_number_and_needs_a_validation_split() -> None:
    for given in ({}, {"clean_drop": 0.1, "robust_accuracy": 0.5}):
        with pytest.raises(ValidationError, match="one of the two"):
            Goal.model_validate(given)
    with pytest.raises(ValidationError, match="set validation"):
        HardenOptions(goal=Goal(clean_drop=0.1))
