"""Validation split, choice among epochs, early stopping, and options that contradict each other."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from openapi.hardening_options import HardenOptions
from openapi.stages.harden import Epoch
from tests.workers.hardening.nets import options, shipped
from workers.hardening.choice import better, measured
from workers.hardening.data import TrainingSet
from workers.hardening.training import Hardener
from workers.models.audited import AuditedModel


def line(epoch: int, clean: float, robust: float) -> Epoch:
    return Epoch(
        epoch=epoch, loss=1, l_adv=1, l_sns=0, clean_accuracy=1, robust_accuracy=1, sensitivity=0, lr=1, seconds=1,
        validation_clean=clean, validation_robust=robust,
    )  # fmt: skip


def test_the_best_epoch_is_the_first_of_equals_and_keeps_its_weights() -> None:
    chosen, weights = None, torch.zeros(1)
    for epoch, (clean, robust) in enumerate([(0.9, 0.2), (0.8, 0.5), (0.7, 0.5), (0.9, 0.1)], 1):
        weights.fill_(epoch)
        chosen = better(chosen, line(epoch, clean, robust), "robust_accuracy", {"w": weights})
    assert chosen is not None
    assert (chosen.epoch, chosen.value, chosen.weights["w"].item()) == (2, 0.5, 2.0)
    assert measured(line(1, 0.9, 0.2), "mean") == pytest.approx(0.55)
    assert measured(line(1, 0.9, 0.2), "clean_accuracy") == 0.9


def test_the_split_is_drawn_by_the_seed_and_covers_the_set_once() -> None:
    data = TrainingSet(*shipped("train", 101))
    rest, held = data.split(0.2, 3)
    assert (len(rest), len(held)) == (81, 20)
    assert sorted([*rest.numbers, *held.numbers]) == list(range(101))
    assert np.array_equal(held.numbers, data.split(0.2, 3)[1].numbers)
    assert not np.array_equal(held.numbers, data.split(0.2, 4)[1].numbers)
    seen = np.concatenate([rows.index.numpy() for rows in rest.shuffled(9, 3, 1)])
    assert sorted(seen) == list(rest.numbers)


@pytest.mark.slow
def test_the_weights_of_the_best_epoch_are_delivered(fresh: Callable[..., AuditedModel]) -> None:
    data, model = TrainingSet(*shipped("train", 200)), fresh()
    settings = options(epochs=4, pairs=40, validation=0.3, choose_by="clean_accuracy", patience=1, lambda_=3.0)
    result = Hardener(model, data, settings, seed=0).run()
    values = [e.validation_clean for e in result.log[1:]]
    assert all(value is not None for value in values)
    assert result.delivered == 1 + int(np.argmax([value or 0 for value in values]))
    assert len(values) == 4 or len(values) == result.delivered + 1
    held = data.split(0.3, 0)[1]
    right = sum(int((model(r.x).argmax(1) == r.y).sum()) for r in held.all(50))
    assert right / len(held) == pytest.approx(result.log[result.delivered].validation_clean)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"choose_by": "mean"}, "set validation"),
        ({"patience": 2, "validation": 0.1}, "patience needs choose_by"),
        ({"augment": ["flip"], "adversary": "fixed"}, "leave augment empty"),
        ({"augment": ["flip", "flip"]}, "same augmentation twice"),
        ({"method": "mart", "label_smoothing": 0.1}, "one right class"),
        ({"method": "mart", "augment": ["cutmix"]}, "one right class"),
    ],
)
def test_options_that_contradict_each_other_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        HardenOptions(**given)


def test_options_at_their_defaults_are_no_part_of_result_keys() -> None:
    names = {"awp", "averaging", "augment", "label_smoothing", "accumulate", "validation", "choose_by", "patience"}
    assert not names & HardenOptions().model_dump(mode="json", by_alias=True).keys()
    used = HardenOptions(awp=0.005, accumulate=2, augment=("flip",)).model_dump(mode="json")
    assert (used["awp"], used["accumulate"], used["augment"]) == (0.005, 2, ["flip"])
