"""A training that is interrupted goes on elsewhere and ends with the bits it would have had."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from openapi.problems import JobFailed, ModelNumerics
from openapi.stages.harden import Epoch
from tests.workers.hardening.nets import options, shipped
from workers.hardening.data import TrainingSet
from workers.hardening.saved import Moment
from workers.hardening.steps import Diverged, Steps
from workers.hardening.training import Hardener, Hardening
from workers.hardening.watchers import Watchers
from workers.models.audited import AuditedModel

pytestmark = pytest.mark.slow

Fresh = Callable[..., AuditedModel]
EVERYTHING: dict[str, Any] = {
    "averaging": 0.9, "awp": 0.01, "augment": ("flip", "crop", "cutmix"), "label_smoothing": 0.1, "accumulate": 2,
    "validation": 0.2, "choose_by": "robust_accuracy", "selection": "dynamic",
}  # fmt: skip


class Killed(Exception):
    pass


def bits(model: AuditedModel) -> dict[str, torch.Tensor]:
    return {name: t.detach().clone() for name, t in [*model.trainable_parameters().items(), *model.named_buffers()]}


def lines(result: Hardening) -> list[Epoch]:
    return [line.model_copy(update={"seconds": 0.0}) for line in result.log]


@pytest.mark.parametrize("kept", [1, 3, 4])
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"adversary": "fixed"},
        {"method": "at", "adversary": "free", "averaging": 0.9},
        {"optimizer": "muon"},
        {"optimizer": "sgd", "validation": 0.2, "goal": {"clean_drop": 0.1}},
        EVERYTHING,
    ],
    ids=["plain", "fixed", "free", "muon", "goal", "everything"],
)
def test_it_ends_with_the_same_bits(fresh: Fresh, tmp_path: Path, change: dict[str, Any], kept: int) -> None:
    data, settings = TrainingSet(*shipped("train", 150)), options(epochs=2, pairs=40, batch_size=30, **change)
    whole = fresh(norm=True)
    expected = Hardener(whole, data, settings, seed=5).run()
    times = 0

    def keep(moment: Moment) -> None:
        nonlocal times
        times += 1
        if times == kept:
            moment.write(tmp_path / "moment")
            raise Killed

    with pytest.raises(Killed):
        Hardener(fresh(norm=True), data, settings, seed=5, watchers=Watchers(keep=keep, every=0)).run()
    again = fresh(norm=True)
    found = Hardener(again, data, settings, seed=5).run(Moment.read(tmp_path / "moment", "cpu"))
    a, b = bits(whole), bits(again)
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert lines(found) == lines(expected)
    assert (found.omega, found.delivered) == (expected.omega, expected.delivered)


def test_a_loss_that_is_no_number_once_costs_an_epoch_at_half_the_rate(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, settings, at = TrainingSet(*shipped("train", 100)), options(epochs=2, pairs=40), []
    take = Steps.take

    def spoilt(self: Steps, batch: Any, x_adv: Any, step: int, **which: bool) -> Any:
        at.append(step)
        if len(at) == 4:
            raise Diverged("the training loss became nan")
        return take(self, batch, x_adv, step, **which)

    monkeypatch.setattr(Steps, "take", spoilt)
    result = Hardener(fresh(), data, settings, seed=0).run()
    assert at == [0, 1, 2, 3, 2, 3]
    note = result.log[2].note
    assert note is not None
    assert "in epoch 2, batch 2" in note
    assert "0.5 of the learning rate" in note
    assert result.log[1].note is None
    assert result.log[2].lr == pytest.approx(0.5 * settings.lr * 0.1464466, rel=1e-5)


@pytest.mark.parametrize(
    ("method", "advice"), [("sns", "lower lr (0.002) or lambda (2), set"), ("pat", "lower lr (0.002), set")]
)
def test_a_training_goes_back_three_times_and_no_more(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch, method: str, advice: str
) -> None:
    tried = 0

    def broken(*arguments: Any, **which: bool) -> Any:
        nonlocal tried
        tried += 1
        raise ModelNumerics("weights")

    monkeypatch.setattr(Steps, "take", broken)
    settings = options(pairs=40, method=method, lr=0.002, lambda_=2.0)
    with pytest.raises(JobFailed, match=r"went back 3 times") as raised:
        Hardener(fresh(), TrainingSet(*shipped("train", 100)), settings, seed=0).run()
    assert advice in str(raised.value)
    assert tried == 4


def test_a_collapse_on_the_validation_split_goes_back(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    data, settings = TrainingSet(*shipped("train", 200)), options(epochs=1, pairs=40, validation=0.3)
    hardener, first = Hardener(fresh(), data, settings, seed=0), True
    accuracies = hardener.watch.accuracies

    def collapsing(batches: Any, sums: Any = None) -> tuple[float, float]:
        nonlocal first
        found = accuracies(batches, sums)
        if hardener.log and sums is None and first:
            first = False
            return 0.1, 0.0
        return found

    monkeypatch.setattr(hardener.watch, "accuracies", collapsing)
    result = hardener.run()
    assert [line.epoch for line in result.log] == [0, 1]
    assert "fell from" in str(result.log[1].note)


def test_a_damaged_moment_is_an_error_and_runs_nothing(tmp_path: Path) -> None:
    (tmp_path / "moment").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(JobFailed, match="cannot be read"):
        Moment.read(tmp_path / "moment", "cpu")
