"""Masks in columns of tables: of parquet files as pictures and as lists, and as files that a table names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from openapi.problems import DatasetRejected
from tests.workers.datasets.conftest import Convert, picture, shade, write_tar, write_zip

N = 70  # more than a batch of the table
MASKS = np.random.default_rng(0).random((N, 2, 4, 6)) < 0.5
PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def written(tmp_path: Path) -> np.ndarray:
    found: np.ndarray = np.load(tmp_path / "out" / "masks.npy")
    return found


def encoded(values: list[bytes | None]) -> pa.Array:
    return pa.array([None if v is None else {"bytes": v, "path": None} for v in values], PICTURE)


def table(tmp_path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), tmp_path / "set.parquet")
    return tmp_path / "set.parquet"


def test_pictures_and_lists_in_a_table(convert: Convert, tmp_path: Path) -> None:
    eye: list[bytes | None] = [picture(255 * mask) for mask in MASKS[:, 0]]
    ear: list[Any] = [mask.astype(int).tolist() for mask in MASKS[:, 1]]
    eye[5], ear[66] = None, None
    images = encoded([shade(i, (4, 6)) for i in range(N)])
    path = table(tmp_path, image=images, eye=encoded(eye), label=[i % 2 for i in range(N)], ear=ear)
    got = convert(path, mask_columns=("ear", "eye"))
    assert (got.found.concepts, got.found.num_samples) == (("ear", "eye"), N)
    expected = MASKS[:, ::-1].copy()
    expected[5, 1], expected[66, 0] = False, False
    np.testing.assert_array_equal(written(tmp_path), expected)
    assert got.x[:, 0, 0, 0].tolist() == list(range(N))


def test_masks_are_turned_and_resized_with_their_images(convert: Convert, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right by 90 degrees to see it upright
    turned = picture(np.full((8, 12, 3), 100), "JPEG", exif=exif)
    mask = np.zeros((8, 12))
    mask[:, :6] = 255  # the left half, which is the upper one once it is turned
    path = table(tmp_path, image=encoded([turned, turned]), label=[0, 1], half=encoded([picture(mask), None]))
    got = convert(path, mask_columns=("half",), resize=(6, 4))
    assert got.x.shape == (2, 3, 6, 4)
    np.testing.assert_array_equal(written(tmp_path)[0, 0], np.arange(6)[:, None].repeat(4, 1) < 3)
    assert not written(tmp_path)[1].any()


def test_lists_of_pixels_with_lists_of_masks(convert: Convert, tmp_path: Path) -> None:
    pixels = [[[i] * 6] * 4 for i in range(N)]
    path = table(tmp_path, pixels=pixels, label=[i % 2 for i in range(N)], eye=(MASKS[:, 0] * 255).tolist())
    got = convert(path, mask_columns=("eye",))
    assert got.x.shape == (N, 1, 4, 6)
    np.testing.assert_array_equal(written(tmp_path)[:, 0], MASKS[:, 0])


def test_a_column_of_masks_that_is_not_asked_for_is_told_of(convert: Convert, tmp_path: Path) -> None:
    path = table(tmp_path, image=encoded([shade(1), shade(2)]), label=[0, 1], seg_mask=encoded([shade(0), shade(0)]))
    found = convert(path).found
    assert found.concepts is None
    assert any("'seg_mask' is not read; metadata.mask_columns" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("mask", "asked", "message"),
    [
        ([[0] * 16, [0] * 16], ("eye",), r"no column 'eye' \(metadata.mask_columns\); it has image, label, mask"),
        ([[0] * 16, [0] * 15], ("mask",), r"mask 'mask\[1\]' holds 15 numbers, and the images have 4 × 4 pixels"),
        ([[0] * 16, [2] * 16], ("mask",), r"mask 'mask\[1\]' is not binary"),
        (["a", "b"], ("mask",), "neither a picture nor a list"),
        ([[[0], [0, 1]], [[1]]], ("mask",), "rows of different lengths"),
        ([[0] * 16, [0] * 16], ("mask", "mask"), "two concepts are called 'mask'"),
        ([b"?", b"?"], ("mask",), r"'mask\[0\]' is not a JPEG"),
        ([picture(np.zeros((9, 9))), None], ("mask",), "is 9 × 9 .* and its image"),
    ],
)
def test_masks_that_do_not_fit_are_refused(
    convert: Convert, tmp_path: Path, mask: list[Any], asked: tuple[str, ...], message: str
) -> None:
    path = table(tmp_path, image=encoded([shade(1), shade(2)]), label=[0, 1], mask=mask)
    with pytest.raises(DatasetRejected, match=message):
        convert(path, mask_columns=asked)


def test_a_mask_is_no_label(convert: Convert, tmp_path: Path) -> None:
    path = table(tmp_path, image=encoded([shade(1), shade(2)]), label=[0, 1], mask=[[0] * 16, [1] * 16])
    with pytest.raises(DatasetRejected, match="cannot be a mask and an image or a label"):
        convert(path, mask_columns=("label",), label_column="label")


FILES = {
    "pictures/1.png": shade(1),
    "pictures/2.png": shade(2),
    "pictures/3.png": shade(3),
    "marks/a.png": picture(255 * np.eye(4)),
    "marks/b.png": picture(np.zeros((4, 4))),
    "labels.csv": b"file,label,eye,ear\npictures/2.png,dog,marks/a.png,\npictures/1.png,cat,,marks/b.png\n",
}


@pytest.mark.parametrize("pack", [write_zip, write_tar])
def test_files_that_a_table_names(
    convert: Convert, tmp_path: Path, pack: Callable[[Path, dict[str, bytes]], Path]
) -> None:
    got = convert(pack(tmp_path / "set", FILES), mask_columns=("eye", "ear"))
    assert (got.found.concepts, got.x[:, 0, 0, 0].tolist()) == (("eye", "ear"), [2, 1])
    np.testing.assert_array_equal(written(tmp_path)[:, :, 0, 0], [[True, False], [False, False]])
    np.testing.assert_array_equal(written(tmp_path)[0, 0], np.eye(4) > 0)
    assert "1 image left out for not being listed in 'labels.csv'" in got.found.warnings


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"labels.csv": b"file,label,eye\npictures/1.png,cat,marks/none.png\n"}, "holds no image 'marks/none.png'"),
        ({"labels.csv": b"file,label\npictures/1.png,cat\n"}, "'labels.csv' has no column 'eye'"),
    ],
)
def test_tables_that_do_not_fit_are_refused(
    convert: Convert, tmp_path: Path, files: dict[str, bytes], message: str
) -> None:
    with pytest.raises(DatasetRejected, match=message):
        convert(write_zip(tmp_path / "set.zip", {**FILES, **files}), mask_columns=("eye",))


def test_where_there_is_no_table_there_are_no_columns(
    convert: Convert, npz: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(DatasetRejected, match=r"columns of a table .*, and the \.npz holds none"):
        convert(npz(x=np.zeros((2, 4, 4), np.uint8), y=np.arange(2)), mask_columns=("eye",))
    folders = write_zip(tmp_path / "set.zip", {"cat/1.png": shade(1), "dog/1.png": shade(2)})
    with pytest.raises(DatasetRejected, match="and the archive holds none"):
        convert(folders, mask_columns=("eye",))
