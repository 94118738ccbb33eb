"""Sheets of single images: which are chosen, and that each picture shows its array."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workers.reports.colouring import plain, seen, signed, source
from workers.reports.sheets import MOST, OF_ONE_CLASS, Sheet, of_examples

N, SIDE = 12, 8


def pixels(uri: str) -> Any:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))


@pytest.fixture(scope="module")
def arrays() -> dict[str, Any]:
    """Twelve examples of three classes: the change is one pixel, the maps look at one corner each."""
    rng = np.random.default_rng(0)
    x = rng.random((N, 1, SIDE, SIDE)).astype(np.float32) * 0.5
    x_adv = x.copy()
    x_adv[:, 0, 2, 3] += 0.25
    maps = np.zeros((N, 4, SIDE, SIDE), np.float32)
    for k, (row, column) in enumerate(((0, 0), (0, SIDE - 1), (SIDE - 1, 0), (SIDE - 1, SIDE - 1))):
        maps[:, k, row, column] = 1
    psr, kind, touched = np.zeros((N, 4, 4)), np.zeros((N, 4, 4), np.int8), np.zeros((N, 4, 4), bool)
    psr[:, 1, 1], kind[:, 1, 1], touched[:, 1, 1] = -5, -1, True
    psr[:, 0, 0], kind[:, 0, 0], touched[:, 0, 0] = 5, 1, True
    kind[:, 3, 3], touched[:, 3, 3] = 2, True
    index = np.arange(N) * 10
    return {
        "index": index, "label": np.arange(N) % 3, "target": (np.arange(N) + 1) % 3, "x": x, "x_adv": x_adv, "psr": psr,
        "kind": kind, "touched": touched, "maps": maps, "x_refined": x_adv, "refined": np.arange(N) % 2 == 0,
    }  # fmt: skip


@pytest.fixture(scope="module")
def sheets(arrays: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> list[Sheet]:
    folder = tmp_path_factory.mktemp("sheets")
    files = {name: folder / f"{name}.npz" for name in ("explanations", "regions")}
    np.savez(files["explanations"], **arrays)
    segments, vulnerable = np.zeros((2, SIDE, SIDE), np.int16), np.zeros((2, SIDE, SIDE), np.int16)
    segments[:, :, SIDE // 2 :] = 1
    vulnerable[0, 5, 6] = 3
    np.savez(files["regions"], index=np.array([110, 999]), segments=segments, vulnerable=vulnerable)
    return of_examples(files)


def test_few_of_each_class_are_chosen_and_those_with_regions_first(sheets: list[Sheet]) -> None:
    assert [sheet.index for sheet in sheets] == [110, 0, 10, 20, 30, 40]
    assert len(sheets) == MOST
    assert all(sum(s.label == label for s in sheets) == OF_ONE_CLASS for label in range(3))
    assert of_examples({}) == []


def test_every_picture_shows_its_array(sheets: list[Sheet], arrays: dict[str, Any]) -> None:
    sheet = sheets[1]
    assert (sheet.index, sheet.label, sheet.other) == (0, 0, 1)
    benign, adversarial, change, psr, *maps, refined = [pixels(panel.source) for panel in sheet.panels]
    assert np.array_equal(benign[..., 0], np.rint(arrays["x"][0, 0] * 255))
    assert np.array_equal(adversarial[..., 0], np.rint(arrays["x_adv"][0, 0] * 255))
    moved = np.argwhere(np.abs(change[..., 0].astype(int) - 128) > 1)
    assert moved.tolist() == [[2, 3]]
    assert change[2, 3, 0] == 255
    assert np.array_equal(refined, change)
    red, blue = psr[0, 0], psr[1, 1]
    assert red[0] > red[2]
    assert red[3] == 255
    assert blue[2] > blue[0]
    assert blue[3] == 255
    assert psr[3, 3].tolist() == [150, 150, 150, 255]
    assert psr[2, 2, 3] == 0  # nothing is perturbed there
    brightest = [np.unravel_index(picture.astype(int)[..., :2].sum(-1).argmax(), (SIDE, SIDE)) for picture in maps]
    assert brightest == [(0, 0), (0, SIDE - 1), (SIDE - 1, 0), (SIDE - 1, SIDE - 1)]


def test_a_pixel_that_decides_is_orange_and_regions_have_an_edge(sheets: list[Sheet]) -> None:
    panel = sheets[0].panels[-1]
    assert "1 pixel that decides alone" in panel.says
    picture = pixels(panel.source).astype(int)
    factor = picture.shape[0] // SIDE
    y, x = 5 * factor + factor // 2, 6 * factor + factor // 2
    assert picture[y, x, 0] - picture[y, x, 2] > 120  # a JPEG: nearly the colours that were drawn
    rows, columns = np.nonzero(picture[..., 0] - picture[..., 2] > 120)
    assert {*(rows // factor)} == {5}
    assert {*(columns // factor)} == {6}
    assert picture[factor // 2, (SIDE // 2) * factor].min() > 200  # the edge, above its dark neighbours


def test_scales_rise_in_lightness_and_are_balanced() -> None:
    ramp = np.linspace(-2, 2, 65)[None]
    lightness = seen(ramp).astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness[0]) >= 0).all()
    both = signed(ramp, 2).astype(int)
    assert both[0, 32].tolist() == [232, 234, 229]
    assert both[0, 0, 2] > both[0, 0, 0]
    assert both[0, -1, 0] > both[0, -1, 2]
    assert np.array_equal(seen(np.ones((2, 2))), np.broadcast_to(seen(np.ones((2, 2)))[0, 0], (2, 2, 3)))


def test_large_pictures_become_small_ones() -> None:
    x = np.random.default_rng(0).random((3, 600, 400))
    uri = source(plain(x))
    assert pixels(uri).shape == (128, 85, 3)
    assert len(uri) < 15_000
