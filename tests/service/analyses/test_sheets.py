"""`/sheet.png`: the pictures of several images in one, the same as one by one."""

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.service.analyses.conftest import Explored

IMAGES, PICTURES = (3, 0, 20), ("difference", "benign", "adversarial")


def pixels(data: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_a_sheet_has_each_picture_in_its_place(explored: Explored) -> None:
    params = {"images": ",".join(map(str, IMAGES)), "pictures": ",".join(PICTURES)}
    answer = explored.ask("sheet.png", params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    rows = [
        np.hstack(
            [pixels(explored.ask(f"images/{index}/{what}.png", params={"scale": 1}).content) for what in PICTURES]
        )
        for index in IMAGES
    ]
    assert np.array_equal(pixels(answer.content), np.vstack(rows))
    again = explored.ask("sheet.png", params=params, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_smaller_pictures_are_brought_to_the_size_of_the_largest(explored: Explored) -> None:
    index = explored.get("explanations")["items"][0]["index"]
    found = explored.ask("sheet.png", params={"images": index, "pictures": "explained,psr"})
    assert found.status_code == 200, found.text
    explained, psr = (
        pixels(explored.ask(f"images/{index}/{what}.png", params={"scale": 1}).content) for what in ("explained", "psr")
    )
    assert psr.shape < explained.shape
    rows, across = (np.arange(n) * m // n for n, m in zip(explained.shape[:2], psr.shape[:2], strict=True))
    assert np.array_equal(pixels(found.content), np.hstack([explained, psr[rows][:, across]]))


@pytest.mark.parametrize(
    ("images", "pictures", "status", "said"),
    [
        ("99", "benign", 404, "none of the 21"),
        ("3,99", "benign", 404, "Image 99"),
        ("3", "nothing", 422, "there is no picture 'nothing'"),
        ("3", "field-benign", 422, "there is no picture 'field-benign'"),
        ("3,a", "benign", 422, "at most 64 numbers"),
        (",".join(["3"] * 65), "benign", 422, "at most 64 numbers"),
        ("3", ",".join(["benign"] * 9), 422, "at most 8 names"),
        ("3", "", 422, "at most 8 names"),
        (None, "benign", 422, "images"),
    ],
)
def test_what_cannot_be_put_on_a_sheet_is_told(
    explored: Explored, images: str | None, pictures: str, status: int, said: str
) -> None:
    answer = explored.ask("sheet.png", params={"pictures": pictures} | ({} if images is None else {"images": images}))
    assert answer.status_code == status
    assert said in answer.text
