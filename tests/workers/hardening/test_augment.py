"""Augmented batches: what each does to an image and to its label."""

import numpy as np
import pytest
import torch

from workers.hardening.augment import batch_of
from workers.hardening.data import Rows

CLASSES = 5


def rows(n: int = 64, h: int = 16, w: int = 16) -> Rows:
    x = torch.rand(n, 3, h, w, generator=torch.Generator().manual_seed(0)) * 0.8 + 0.1
    return Rows(x, torch.arange(n) % CLASSES, torch.arange(n))


def draw(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_nothing_asked_leaves_images_and_labels() -> None:
    given = rows()
    batch = batch_of(given, (), 0.0, CLASSES, draw())
    assert batch.x is given.x
    assert batch.target is given.y


def test_flip_mirrors_about_half_of_the_images() -> None:
    given = rows()
    x = batch_of(given, ("flip",), 0.0, CLASSES, draw()).x
    flipped = [torch.equal(a, b.flip(2)) for a, b in zip(x, given.x, strict=True)]
    kept = [torch.equal(a, b) for a, b in zip(x, given.x, strict=True)]
    assert all(a != b for a, b in zip(flipped, kept, strict=True))
    assert 20 < sum(flipped) < 44


def test_crop_shifts_each_image_by_at_most_an_eighth_of_its_side() -> None:
    given = rows(n=40, h=16, w=24)
    x = batch_of(given, ("crop",), 0.0, CLASSES, draw()).x
    padded = torch.nn.functional.pad(given.x, (3, 3, 2, 2))
    found = set()
    for i, image in enumerate(x):
        at = [
            (dy, dx)
            for dy in range(5)
            for dx in range(7)
            if torch.equal(image, padded[i, :, dy : dy + 16, dx : dx + 24])
        ]
        assert len(at) == 1
        found.update(at)
    assert len(found) > 15


def test_cutout_greys_one_square_of_half_the_side() -> None:
    given = rows()
    x = batch_of(given, ("cutout",), 0.0, CLASSES, draw()).x
    grey = (x == 0.5).all(1)
    assert torch.equal(torch.where(grey[:, None], given.x, x), given.x)
    for mask in grey:
        high, wide = mask.any(1).sum(), mask.any(0).sum()
        assert mask.sum() == high * wide  # one rectangle
        assert 4 <= high <= 8
        assert 4 <= wide <= 8
    assert int(grey[:, 8, 8].sum()) > 0


def test_cutmix_labels_are_the_shares_of_pixels() -> None:
    given = rows()
    batch = batch_of(given, ("cutmix",), 0.0, CLASSES, draw())
    torch.testing.assert_close(batch.target.sum(1), torch.ones(64))
    other = (batch.x != given.x).any(1).flatten(1).float().mean(1)
    own = batch.target[torch.arange(64), given.y]
    mixed = own < 1
    # The own share of pixels is that of the label; where both images are of one class nothing can be told.
    torch.testing.assert_close(own[mixed], 1 - other[mixed])
    assert (own >= 0.5).all()
    assert mixed.sum() > 30
    assert torch.equal(batch.y, given.y)


def test_label_smoothing_spreads_its_share_evenly() -> None:
    target = batch_of(rows(n=5), (), 0.1, CLASSES, draw()).target
    torch.testing.assert_close(target, torch.eye(5) * 0.9 + 0.02)


@pytest.mark.parametrize("kinds", [("flip", "crop", "cutout", "cutmix")])
def test_equal_draws_give_equal_batches_inside_the_box(kinds: tuple[str, ...]) -> None:
    a, b = (batch_of(rows(), kinds, 0.1, CLASSES, draw(7)) for _ in range(2))
    assert torch.equal(a.x, b.x)
    assert torch.equal(a.target, b.target)
    assert not torch.equal(a.x, batch_of(rows(), kinds, 0.1, CLASSES, draw(8)).x)
    assert float(a.x.min()) >= 0
    assert float(a.x.max()) <= 1
