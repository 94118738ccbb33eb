"""Images that were trained on are found among those that were evaluated, whatever files they came in."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from openapi.report import Check
from workers.reports.held_out import held_out_check

Array = NDArray[Any]
RNG = np.random.default_rng(12)
TRAINED = RNG.integers(0, 256, (300, 3, 4, 4), dtype=np.uint8)
OTHERS = RNG.integers(0, 256, (200, 3, 4, 4), dtype=np.uint8)


def check(folder: Path, trained: Array, evaluated: Array, index: list[int] | None = None) -> Check:
    np.save(folder / "trained.npy", trained)
    np.save(folder / "evaluated.npy", evaluated)
    chosen = np.arange(len(evaluated)) if index is None else np.array(index)
    found = held_out_check({"trained": folder / "trained.npy", "evaluated": folder / "evaluated.npy"}, chosen)
    assert found is not None
    return found


def mixed(*places: int) -> Array:
    """The other images, with trained ones at these places."""
    evaluated = OTHERS.copy()
    evaluated[list(places)] = TRAINED[[7 * place % 300 for place in places]]
    return evaluated


def test_what_is_held_out_passes(tmp_path: Path) -> None:
    found = check(tmp_path, TRAINED, OTHERS)
    assert (found.status, found.numbers) == ("pass", {"shared": 0, "n": 200, "trained": 300})
    assert "none of the 200 images" in found.detail


@pytest.mark.parametrize(("places", "status"), [((150,), "pass"), ((3, 150), "pass"), ((0, 64, 199), "fail")])
def test_more_than_one_in_a_hundred_fails(tmp_path: Path, places: tuple[int, ...], status: str) -> None:
    found = check(tmp_path, TRAINED, mixed(*places))
    assert (found.status, found.numbers["shared"]) == (status, len(places))
    assert f"{len(places)} of the 200 images" in found.detail
    assert "among the 300 that the hardening trained on" in found.detail


def test_only_what_was_evaluated_counts(tmp_path: Path) -> None:
    evaluated = mixed(5, 6, 7)
    assert check(tmp_path, TRAINED, evaluated, [0, 6, 9]).numbers["shared"] == 1
    assert check(tmp_path, TRAINED, evaluated, [0, 1, 199]).numbers["shared"] == 0


def test_the_same_pixels_are_found_as_floats(tmp_path: Path) -> None:
    """As many people make them: in double precision, rounded once more when they are stored."""
    floats = (mixed(1, 2, 3) / 255).astype(np.float32)
    assert check(tmp_path, TRAINED, floats).numbers["shared"] == 3
    assert check(tmp_path, floats, TRAINED).numbers["shared"] == 3
    every = np.arange(256, dtype=np.uint8).reshape(1, 1, 16, 16)
    assert check(tmp_path, every, (every / 255).astype(np.float32)).numbers["shared"] == 1
    dark = floats * np.float32(1e-6), (OTHERS / 255).astype(np.float32) * np.float32(1e-6)
    assert check(tmp_path, *dark).numbers["shared"] == 197, "dark pictures are not rounded to the same black"


def test_grey_pictures_are_found_among_colour(tmp_path: Path) -> None:
    grey = TRAINED[:, :1]
    assert check(tmp_path, grey, np.repeat(grey[:50], 3, axis=1)).numbers["shared"] == 50
    assert check(tmp_path, np.repeat(grey[:50], 3, axis=1), grey).numbers["shared"] == 50
    assert check(tmp_path, grey, TRAINED[:50]).numbers["shared"] == 0


def test_images_that_differ_in_one_pixel_are_others(tmp_path: Path) -> None:
    """Wherever it lies: most of an image is read only where the rest of it is among the images that are sought."""
    trained = RNG.integers(0, 256, (1, 3, 24, 17), dtype=np.uint8)
    places = [(c, h, w) for c in range(3) for h in (0, 7, 8, 23) for w in (0, 1, 16)]
    evaluated = np.repeat(trained, len(places) + 1, axis=0)
    for row, place in enumerate(places):
        evaluated[(row, *place)] ^= 1
    assert check(tmp_path, trained, evaluated).numbers["shared"] == 1
    assert check(tmp_path, evaluated[:-1], trained).numbers["shared"] == 0
    assert check(tmp_path, evaluated, trained).numbers["shared"] == 1


def test_images_that_are_not_given_are_not_judged() -> None:
    assert held_out_check({}, np.arange(3)) is None
