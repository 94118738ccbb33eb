"""`/matrix`, `/images`, one image and its pictures, against the arrays that the audit keeps and its images."""

import io
import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openapi.views.images import ImageDetail, ImagesPage, MatrixView
from tests.analyses.conftest import images as given
from tests.service.analyses.conftest import Explored


def p(z: Any) -> Any:
    """Probabilities of logits (…, classes)."""
    powers = np.exp(z.astype(float) - z.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def test_the_matrix_counts_every_image_once(explored: Explored) -> None:
    found = MatrixView.model_validate_json(explored.ask("matrix").content)
    kept = explored.arrays("activations")
    pairs = list(zip(kept["label"].tolist(), kept["adversarial"].tolist(), strict=True))
    assert {(cell.label, cell.adversarial): cell.n for cell in found.cells} == Counter(pairs)
    for cell in found.cells:
        rows = (kept["label"] == cell.label) & (kept["adversarial"] == cell.adversarial)
        assert cell.correct == (kept["predicted"][rows] == cell.label).sum()
        assert cell.fooled == kept["fooled"][rows].sum()
    assert (found.n, found.fooled) == (21, explored.report["neurons"]["vulnerability"]["n"])
    assert found.correct == (kept["predicted"] == kept["label"]).sum()


def test_images_are_those_of_the_attack(explored: Explored) -> None:
    page = ImagesPage.model_validate_json(explored.ask("images").content)
    kept = explored.arrays("activations")
    assert page.n == len(page.items) == 21
    before, after = p(kept["z"]), p(kept["z_adv"])
    for row, image in enumerate(page.items):
        for name in ("index", "label", "predicted", "adversarial", "fooled"):
            assert getattr(image, name) == kept[name][row], name
        assert image.correct == (image.label == image.predicted)
        shown = image.probabilities
        for of_image, values in ((shown.benign, before), (shown.attacked, after)):
            assert of_image.predicted == pytest.approx(values[row, image.predicted], abs=1e-6)
            assert of_image.adversarial == pytest.approx(values[row, image.adversarial], abs=1e-6)
        assert 0 <= image.perturbation.linf <= 0.3 + 1e-6
        assert image.perturbation.linf <= image.perturbation.l2 <= 8 * image.perturbation.linf + 1e-9


def test_cells_join_to_the_whole(explored: Explored) -> None:
    cells = explored.get("matrix")["cells"]
    found = [
        [image["index"] for image in explored.every("images", label=c["label"], adversarial=c["adversarial"], limit=2)]
        for c in cells
    ]
    assert [len(part) for part in found] == [cell["n"] for cell in cells]
    assert sorted(itertools.chain(*found)) == list(range(21))
    fooled = explored.get("images", fooled=True)["items"]
    assert all(image["fooled"] for image in fooled)
    assert len(fooled) + explored.get("images", fooled=False)["n"] == 21


@pytest.mark.parametrize("sort", ["linf", "l2", "benign_probability", "adversarial_probability"])
def test_the_largest_come_first(explored: Explored, sort: str) -> None:
    rows = explored.every("images", sort=sort, limit=4)
    values = [
        {
            **row["perturbation"],
            "benign_probability": row["probabilities"]["benign"]["predicted"],
            "adversarial_probability": row["probabilities"]["attacked"]["adversarial"],
        }[sort]
        for row in rows
    ]
    assert values == sorted(values, reverse=True)
    assert len(rows) == 21


def test_one_image_with_its_curves(explored: Explored) -> None:
    kept = explored.arrays("activations")
    for row in (0, 9, 20):
        found = ImageDetail.model_validate_json(explored.ask(f"images/{row}").content)
        curves = found.curves
        assert curves.benign.low is not None
        assert curves.benign.high is not None
        np.testing.assert_allclose(curves.benign.contribution, kept["contribution"][row], atol=1e-6)
        np.testing.assert_allclose(curves.adversarial.contribution, kept["contribution_adv"][row], atol=1e-6)
        assert (curves.benign.label, curves.adversarial.label) == (found.predicted, found.adversarial)
        of_class = kept["predicted"] == found.predicted
        own = kept["contribution"][of_class].astype(float)
        half = 1.959963984540054 * (own.std(0, ddof=1) if len(own) > 1 else np.zeros(16))
        np.testing.assert_allclose(curves.benign.low, own.mean(0) - half, atol=1e-5)
        np.testing.assert_allclose(curves.benign.high, own.mean(0) + half, atol=1e-5)
        by_class = {c.label: (c.benign, c.attacked) for c in found.classes}
        expected = np.stack([p(kept["z"][row]), p(kept["z_adv"][row])], 1)
        np.testing.assert_allclose([by_class[y] for y in range(3)], expected, atol=1e-6)


def pixels(explored: Explored, index: int, what: str, **params: Any) -> Any:
    answer = explored.ask(f"images/{index}/{what}.png", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as opened:
        opened.load()
        return np.asarray(opened).astype(int)


def test_the_benign_picture_is_the_image(explored: Explored) -> None:
    x = given().numpy()
    for index in (0, 7, 20):
        np.testing.assert_array_equal(pixels(explored, index, "benign", scale=1), x[index, 0])
        # Without a scale an image of 8×8 pixels is enlarged to 128×128, each pixel to a square.
        large = pixels(explored, index, "benign")
        np.testing.assert_array_equal(large, np.kron(x[index, 0], np.ones((16, 16), int)))


def test_the_difference_is_that_of_the_pictures(explored: Explored) -> None:
    for image in explored.get("images", fooled=True)["items"][:5]:
        index, largest = image["index"], image["perturbation"]["linf"]
        benign, adversarial, difference = (
            pixels(explored, index, what, scale=1) / 255 for what in ("benign", "adversarial", "difference")
        )
        change = (difference - 0.5) * 2 * largest
        np.testing.assert_allclose(benign + change, adversarial, atol=2.1 / 255)
        assert np.abs(benign - adversarial).max() == pytest.approx(largest, abs=1.1 / 255)


def test_every_picture_that_is_listed_is_there_and_has_a_text(explored: Explored) -> None:
    for picture in explored.get("images/3")["pictures"]:
        answer = explored.place.api.get(picture["href"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert answer.content.startswith(b"\x89PNG")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "mage 3" in picture["alt"]
        again = explored.place.api.get(picture["href"], headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("images/99", 404, "/images lists them"),
        ("images/99/benign.png", 404, "none of the 21"),
        ("images/3/nothing.png", 404, "benign.png"),
        ("images/3/benign", 404, "benign.png"),
        ("images/3/..%2f..%2fbenign.png", 404, ""),
        ("images/3/%3Cscript%3E.png", 404, "benign.png"),
        ("images/3/benign.png?scale=17", 422, ""),
        ("images/-1", 404, ""),
        ("images?label=3", 422, "3 classes"),
        ("images?sort=name", 422, ""),
        ("images?fooled=maybe", 422, ""),
        ("images?cursor=-1", 422, ""),
    ],
)
def test_wrong_questions(explored: Explored, path: str, status: int, words: str) -> None:
    answer = explored.place.api.get(f"/v1/audits/{explored.id}/{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


def test_a_page_behind_the_end_is_empty(explored: Explored) -> None:
    page = explored.get("images", cursor="999999999999999")
    assert (page["items"], page["next_cursor"]) == ([], None)


@pytest.mark.parametrize("path", ["matrix", "images", "images/0", "images/0/benign.png"])
def test_without_vulnerability_it_is_said_how_to_ask(plain: Explored, path: str) -> None:
    answer = plain.ask(path)
    assert answer.status_code == 404
    found = answer.json()
    assert found["analysis"] == "neurons.vulnerability"
    assert '"neurons": {"vulnerability": {}}' in found["detail"]
