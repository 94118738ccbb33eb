"""Training images in batches."""

from pathlib import Path

import numpy as np
import pytest
import torch

from openapi.problems import DatasetMismatch, DatasetRejected
from workers.hardening.data import TrainingSet


def training_set(limit: int | None = None) -> TrainingSet:
    x = np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1)
    return TrainingSet(x, np.arange(10) % 3, limit=limit)


def test_an_epoch_sees_each_sample_once_in_whole_batches() -> None:
    rows = list(training_set().shuffled(3, seed=0, epoch=1))
    seen = torch.cat([r.index for r in rows])
    assert [len(r.y) for r in rows] == [3, 3, 3]
    assert len(seen.unique()) == 9
    assert torch.equal(torch.cat([r.x for r in rows]).flatten(), seen / 255)
    assert torch.equal(torch.cat([r.y for r in rows]), seen % 3)


def test_order_follows_seed_and_epoch() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        return torch.cat([r.index for r in training_set().shuffled(5, seed, epoch)]).tolist()

    assert order(0, 1) == order(0, 1)
    assert order(0, 1) != order(0, 2)
    assert order(0, 1) != order(1, 1)


def test_a_set_smaller_than_a_batch_is_one_batch() -> None:
    assert [len(r.y) for r in training_set().shuffled(64, 0, 1)] == [10]


def test_limit_takes_the_first_samples() -> None:
    assert {int(i) for r in training_set(limit=4).shuffled(2, 0, 1) for i in r.index} == {0, 1, 2, 3}


def test_a_label_without_a_logit_is_named() -> None:
    training_set().check_labels(3)
    with pytest.raises(DatasetMismatch, match="sample 2 has label 2"):
        training_set().check_labels(2)


def test_an_empty_set_is_refused() -> None:
    with pytest.raises(DatasetRejected, match="no samples"):
        TrainingSet(np.zeros((0, 1, 2, 2), np.uint8), np.zeros(0, np.int64))


def test_arrays_are_mapped_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.full((5, 1, 2, 2), 51, np.uint8))
    np.save(tmp_path / "y.npy", np.arange(5))
    rows = TrainingSet.open(tmp_path / "x.npy", tmp_path / "y.npy").take(np.array([3, 1]))
    assert rows.x.dtype == torch.float32
    assert rows.x.unique().tolist() == pytest.approx([0.2])
    assert rows.y.tolist() == [3, 1]
