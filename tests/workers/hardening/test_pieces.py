"""Batches that do not fit into memory pass in pieces: the training is the same, up to rounding."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from openapi.problems import MemoryLimit
from tests.workers.hardening.nets import options, shipped
from workers.hardening.data import TrainingSet
from workers.hardening.run import harden
from workers.hardening.saved import Moment
from workers.hardening.training import Hardener, Hardening
from workers.hardening.watchers import Watchers
from workers.models.audited import AuditedModel

pytestmark = pytest.mark.slow

Fresh = Callable[..., AuditedModel]


def outgrow(model: AuditedModel, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Let a pass with gradients of more than `most` images ask the allocator for memory that no machine has."""
    whole = type(model.transform).forward

    def forward(self: Any, x: Tensor) -> Tensor:
        if torch.is_grad_enabled() and len(x) > most:
            torch.empty(2**60)
        return whole(self, x)

    monkeypatch.setattr(type(model.transform), "forward", forward)


def trained(model: AuditedModel, **change: Any) -> Hardening:
    """One epoch of 50 images in batches of 24, so that pieces are of unequal sizes."""
    settings = {"epochs": 1, "pairs": 20, "batch_size": 24, "lr": 1e-3, "optimizer": "sgd", "batch_norm": "eval"}
    return harden(model, TrainingSet(*shipped("train", 50)), options(**settings | change), seed=3)


@pytest.mark.parametrize(
    "change",
    [{}, {"method": "trades"}, {"method": "mart", "max_grad_norm": 1.0}, {"method": "alp"}, {"awp": 0.01},
     {"accumulate": 2, "label_smoothing": 0.1, "augment": ("cutmix",)}],
    ids=["sns", "trades", "mart", "alp", "awp", "accumulate"],
)  # fmt: skip
def test_pieces_give_the_weights_of_whole_batches(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    whole, pieced = fresh(norm=True), fresh(norm=True)
    expected = trained(whole, **change)
    outgrow(pieced, monkeypatch, 14)  # a piece of 6 images and their adversaries fits, one of 12 does not
    result = trained(pieced, **change)
    note = result.log[1].note
    assert note == "memory ran out: batches pass in pieces of 6 images from here on"
    assert expected.log[1].note is None
    weights = pieced.trainable_parameters()
    for name, value in whole.trainable_parameters().items():
        torch.testing.assert_close(weights[name], value, rtol=1e-5, atol=1e-5)
    assert result.log[1].loss == pytest.approx(expected.log[1].loss, rel=1e-5)


@pytest.mark.parametrize(
    "change",
    [{"budget": {"seconds": 1}}, {"layers": "auto"}, {"method": "rift", "validation": 0.2}],
    ids=["budget", "auto", "rift"],
)
def test_what_is_found_out_before_the_training_passes_in_pieces_too(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    whole, pieced = fresh(norm=True), fresh(norm=True)
    expected = trained(whole, **change)
    outgrow(pieced, monkeypatch, 14)
    result = trained(pieced, **change)
    assert result.layers == expected.layers
    assert result.decided is not None
    assert expected.decided is not None
    if (found := result.decided.criticality) and (rival := expected.decided.criticality):
        assert [layer.loss_rise for layer in found.layers] == pytest.approx(
            [layer.loss_rise for layer in rival.layers], rel=1e-4
        )
    assert any("pieces" in (line.note or "") for line in result.log)


def test_norms_that_see_the_pieces_alone_are_told_of(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    model = fresh(norm=True)
    outgrow(model, monkeypatch, 30)
    note = trained(model, batch_norm="train").log[1].note
    assert note is not None
    assert note.endswith("in pieces of 12 images from here on; batch norms use the statistics of these")


def test_one_image_that_does_not_fit_is_the_end(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    hardener = Hardener(fresh(), TrainingSet(*shipped("train", 50)), options(epochs=1, pairs=20), seed=0)
    outgrow(hardener.model, monkeypatch, 1)
    monkeypatch.setattr(hardener.watch, "pairs", lambda rows, steps: rows.x)  # the watching alone would fit
    with pytest.raises(MemoryLimit, match="One image with its adversary"):
        hardener.run()


def test_whoever_goes_on_passes_pieces_of_the_same_size(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    data, settings = TrainingSet(*shipped("train", 50)), options(epochs=2, pairs=20, batch_size=24)
    moments: list[Moment] = []
    model = fresh()
    with monkeypatch.context() as patched:
        outgrow(model, patched, 14)
        harden(model, data, settings, seed=3, watchers=Watchers(keep=moments.append))
    again = fresh()  # on a machine with room for all
    harden(again, data, settings, seed=3, moment=moments[0])
    assert moments[0].epoch == 2
    weights = again.trainable_parameters()
    assert all(torch.equal(p, weights[name]) for name, p in model.trainable_parameters().items())
