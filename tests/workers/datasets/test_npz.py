"""Arrays of pixels and labels in .npz files: every layout, dtype and name gives the same images."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openapi.problems import DatasetRejected
from tests.workers.datasets.conftest import Convert
from workers.datasets.limits import DatasetLimits

RNG = np.random.default_rng(0)
Y = np.array([0, 2, 1, 2, 0, 1])
BYTES = RNG.integers(0, 256, (6, 3, 5, 7), dtype=np.uint8)


def test_bytes_nchw_are_kept_exactly(convert: Convert, npz: Callable[..., Path]) -> None:
    got = convert(npz(x=BYTES, y=Y), labels=("a", "b", "c"))
    assert np.array_equal(got.x, BYTES)
    assert got.x.dtype == np.uint8
    assert got.y.dtype == np.int64
    assert got.y.tolist() == Y.tolist()
    assert got.found.model_dump() == {
        "num_samples": 6,
        "shape": (3, 5, 7),
        "dtype": "uint8",
        "num_classes": 3,
        "class_counts": (2, 2, 2),
        "labels": ("a", "b", "c"),
        "label_source": "given",
        "numbered_names": None,
        "label_order": None,
        "resize": "none",
        "channels": "as stored",
        "warnings": (),
    }


@pytest.mark.parametrize("form", ["nhwc", "fortran", "big", "int64"])
def test_other_ways_to_store_the_same_pixels(convert: Convert, npz: Callable[..., Path], form: str) -> None:
    x = {
        "nhwc": BYTES.transpose(0, 2, 3, 1),
        "fortran": np.asfortranarray(BYTES),
        "big": BYTES.astype(">i4"),
        "int64": BYTES.astype(np.int64),
    }[form]
    got = convert(npz(x=x, y=Y[:, None]))
    assert np.array_equal(got.x, BYTES)
    assert got.found.dtype == "uint8"


def test_grey_images_without_a_channel_axis_and_flat_rows(convert: Convert, npz: Callable[..., Path]) -> None:
    x = RNG.integers(0, 256, (6, 4, 4), dtype=np.uint8)
    plain, flat = convert(npz(x=x, y=Y)), convert(npz(x=x.reshape(6, 16), y=Y))
    assert np.array_equal(plain.x, x[:, None])
    assert np.array_equal(flat.x, x[:, None])
    note = "x holds rows of 16 numbers: they are read as grey images of 4×4"
    assert (note in plain.found.warnings, note in flat.found.warnings) == (False, True)


def test_flat_rows_of_colour_need_a_layout(convert: Convert, npz: Callable[..., Path]) -> None:
    x = RNG.integers(0, 256, (6, 3, 4, 4), dtype=np.uint8)
    with pytest.raises(DatasetRejected, match=r"x has shape \(6, 48\).*metadata.layout"):
        convert(npz(x=x.reshape(6, 48), y=Y))
    assert np.array_equal(convert(npz(x=x.reshape(6, 48), y=Y), layout="NCHW").x, x)
    assert np.array_equal(convert(npz(x=x.transpose(0, 2, 3, 1).reshape(6, 48), y=Y), layout="NHWC").x, x)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_in_the_unit_interval(convert: Convert, npz: Callable[..., Path], dtype: str) -> None:
    x = RNG.random((6, 3, 5, 7)).astype(dtype)
    got = convert(npz(x=x, y=Y.astype(np.float32)))
    assert got.x.dtype == np.float32
    assert np.array_equal(got.x, x.astype(np.float32))
    assert got.found.dtype == "float32"


def test_rounding_beyond_one_is_clipped(convert: Convert, npz: Callable[..., Path]) -> None:
    x = np.full((2, 1, 4, 4), 0.5)
    x[0, 0, 0, 0], x[1, 0, 0, 0] = 1 + 5e-7, -5e-7
    got = convert(npz(x=x, y=np.array([0, 1])))
    assert got.x.max() == 1
    assert got.x.min() == 0


def test_whole_number_floats_become_bytes_and_say_so(convert: Convert, npz: Callable[..., Path]) -> None:
    got = convert(npz(x=BYTES.astype(np.float64), y=Y))
    assert got.x.dtype == np.uint8
    assert np.array_equal(got.x, BYTES)
    assert "stored as uint8" in got.found.warnings[0]


def test_many_chunks_give_the_same_array(
    convert: Convert, npz: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.datasets.npy.CHUNK_BYTES", 100)
    assert np.array_equal(convert(npz(x=BYTES.astype(np.float32), y=Y)).x, BYTES)
    assert np.array_equal(convert(npz(x=BYTES, y=Y)).x, BYTES)


def test_contact_sheet_shows_the_images(convert: Convert, npz: Callable[..., Path]) -> None:
    x = np.zeros((30, 1, 4, 4), np.uint8)
    x[:, :] = np.arange(30, dtype=np.uint8)[:, None, None, None] * 8
    got = convert(npz(x=x, y=np.arange(30) % 3), labels=("first", "second", "third"))
    with Image.open(got.sheet) as sheet:
        assert sheet.format == "PNG"
        assert sheet.size == (528, 618)
        assert sheet.getpixel((8 + 48, 8 + 48)) == (0, 0, 0)
        assert sheet.getpixel((8 + 104 + 48, 8 + 48)) == (8, 8, 8)  # place 1 is sample 1 of 30
        assert sheet.getpixel((8 + 4 * 104 + 48, 8 + 4 * 122 + 48)) == (224, 224, 224)  # the last place is sample 28


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (BYTES, Y[:4], r"x has shape \(6, 3, 5, 7\) and y has shape \(4,\): 6 images but 4 labels"),
        (BYTES, Y - 1, r"y\[0\] is -1; labels are class numbers from 0"),
        (BYTES, Y + 0.5, r"y\[0\] is 0.5; labels are whole"),
        (BYTES, np.where(Y == 1, np.nan, Y), r"y\[2\] is nan"),
        (BYTES, Y + 10**9, r"labels must be below"),
        (BYTES, np.eye(3)[Y] * 0.9, r"y has shape \(6, 3\).*not one-hot.*argmax"),
        (BYTES, np.ones((6, 3)), r"row 0 is not one-hot.*several labels a picture"),
        (BYTES[:0], Y[:0], r"the data set is empty: x has shape \(0, 3, 5, 7\)"),
        (np.where(BYTES[3, 0, 0, 0] == BYTES, np.nan, 0.5), Y, r"x\[\d\] holds NaN"),
        (BYTES - 300.0, Y, r"x\[0\] has pixels from .*mean and std belong"),
        (BYTES * 1.01, Y, r"x\[\d\] has pixels from .* to 25\d.*expected floats in \[0, 1\]"),
        (BYTES / 2.0, Y, r"neither all in \[0, 1\] nor whole numbers"),
        (BYTES.astype(np.int32) + 1, Y, r"to 256; expected 0 to 255"),
        (BYTES > 9, Y, r"booleans"),
        (BYTES[:, :, :1].transpose(0, 2, 3, 1), Y, r"both axis 1 and axis 3 could be the channels"),
        (BYTES[:, :2], Y, r"x has shape \(6, 2, 5, 7\): neither axis 1 nor axis 3"),
        (BYTES.reshape(6, 105), Y, r"flat rows must be square"),
        (BYTES[:, None], Y, r"x has shape \(6, 1, 3, 5, 7\); expected \(n, c, h, w\)"),
        (BYTES.astype("S3"), Y, r"array 'x' has dtype \|S3"),
        (BYTES + 0j, Y, r"array 'x' has dtype complex128"),
    ],
)
def test_wrong_arrays_are_refused_by_name(
    convert: Convert, npz: Callable[..., Path], x: Any, y: Any, message: str
) -> None:
    with pytest.raises(DatasetRejected, match=message):
        convert(npz(x=x, y=y))


def test_missing_array_says_what_is_there(convert: Convert, npz: Callable[..., Path]) -> None:
    with pytest.raises(DatasetRejected, match=r"no array 'y'.*it holds: images, x"):
        convert(npz(x=BYTES, images=BYTES))


def test_too_few_class_names(convert: Convert, npz: Callable[..., Path]) -> None:
    with pytest.raises(DatasetRejected, match=r"sample 1 has label 2, but only 2 class names"):
        convert(npz(x=BYTES, y=Y), labels=("a", "b"))


def test_notes_for_people(convert: Convert, npz: Callable[..., Path]) -> None:
    got = convert(npz(x=np.ones_like(BYTES), y=np.array([0, 0, 0, 3, 3, 3]), extra=Y), resize=(8, 8))
    text = " | ".join(got.found.warnings)
    assert "the largest is 1" in text
    assert "also holds extra.npy" in text
    assert "no sample has class 1, 2" in text
    assert "resized to 8 × 8" in got.found.resize
    sorted_set = convert(npz(x=BYTES, y=np.array([0, 0, 0, 1, 1, 1])))
    assert any("sorted by label" in w for w in sorted_set.found.warnings)


PAIRS = {
    "x_test/y_test": ({"x_train": BYTES[:2], "y_train": Y[:2], "x_test": BYTES, "y_test": Y}, {}, "test was read"),
    "X/y": ({"X": BYTES, "y": Y}, {}, None),
    "images/labels": ({"images": BYTES, "labels": Y}, {}, None),
    "medmnist": (
        {"train_images": BYTES[:2], "train_labels": Y[:2], "val_images": BYTES, "val_labels": Y},
        {},
        "val was",
    ),
    "a split by name": (
        {"x_train": BYTES, "y_train": Y, "x_test": BYTES[:2], "y_test": Y[:2]},
        {"split": "training"},
        "also holds x_test",
    ),
    "arr_0/arr_1": ({"arr_0": BYTES, "arr_1": Y}, {}, None),
    "arr_1/arr_0": ({"arr_0": Y, "arr_1": BYTES}, {}, None),
    "any two": ({"pictures": BYTES, "truth": Y}, {}, "the larger array, pictures, was taken for the images"),
    "one-hot": ({"x": BYTES, "y": np.eye(3)[Y]}, {}, "y holds one-hot rows"),
    "one-hot booleans": ({"x": BYTES, "y": np.eye(3)[Y] > 0}, {}, "y holds one-hot rows"),
    "names": ({"x": BYTES, "y": np.array(["a", "b", "c"])[Y]}, {}, None),
    "bytes of names": ({"x": BYTES, "y": np.array([b"a", b"b", b"c"])[Y]}, {}, None),
    "from one": ({"x": BYTES, "y": Y + 1}, {"label_order": "one_based"}, None),
    "beside objects": ({"x": BYTES, "y": Y, "names": np.array([{}], dtype=object)}, {}, "also holds names"),
}


@pytest.mark.parametrize("kind", list(PAIRS))
def test_arrays_by_other_names(convert: Convert, npz: Callable[..., Path], kind: str) -> None:
    arrays, metadata, note = PAIRS[kind]
    got = convert(npz(**arrays), **metadata)
    assert np.array_equal(got.x, BYTES)
    assert got.y.tolist() == Y.tolist()
    assert note is None or any(note in w for w in got.found.warnings)


def test_a_split_that_is_not_there(convert: Convert, npz: Callable[..., Path]) -> None:
    arrays = {"x_train": BYTES, "y_train": Y, "x_test": BYTES, "y_test": Y}
    with pytest.raises(DatasetRejected, match=r"metadata.split is 'val'; the .npz holds test, train"):
        convert(npz(**arrays), split="val")


def test_arrays_are_resized_cropped_and_coloured_as_files_are(convert: Convert, npz: Callable[..., Path]) -> None:
    x = RNG.integers(0, 256, (3, 20, 31, 3), dtype=np.uint8)
    got = convert(npz(x=x, y=[0, 1, 2]), resize={"size": 16, "crop": 12}, channels="grey")
    for ours, picture in zip(got.x, x, strict=True):
        image = Image.fromarray(picture).convert("L").resize((24, 16), Image.Resampling.BILINEAR)
        assert np.array_equal(ours[0], np.asarray(image.crop((6, 2, 18, 14))))
    assert got.found.shape == (1, 12, 12)
    assert got.found.channels == "luminance (ITU-R 601) of colour"
    assert "the centre 12 × 12" in got.found.resize
    colour = convert(npz(x=x[..., 0] / np.float32(255), y=[0, 1, 2]), channels="RGB")
    assert (colour.x == (x[..., 0] / np.float32(255))[:, None]).all()
    assert colour.x.shape == (3, 3, 20, 31)
    with pytest.raises(DatasetRejected, match="for pictures of bytes"):
        convert(npz(x=x / 255, y=[0, 1, 2]), resize=[8, 8])
    with pytest.raises(DatasetRejected, match="at most 1,000 pixels"):
        convert(npz(x=x, y=[0, 1, 2]), DatasetLimits(image_pixels=1000), resize=[40, 40])


def test_the_one_split_is_not_another(convert: Convert, npz: Callable[..., Path]) -> None:
    with pytest.raises(DatasetRejected, match=r"metadata.split is 'train'; the .npz holds test"):
        convert(npz(x_test=BYTES, y_test=Y), split="train")
    assert not any("splits" in w for w in convert(npz(x_test=BYTES, y_test=Y), split="test").found.warnings)


def test_a_file_without_splits_says_that_none_was_chosen(convert: Convert, npz: Callable[..., Path]) -> None:
    assert any(
        "holds no splits" in w and "'nope'" in w for w in convert(npz(x=BYTES, y=Y), split="nope").found.warnings
    )
    for split in (None, "test", "train"):
        assert not any("splits" in w for w in convert(npz(x=BYTES, y=Y), split=split).found.warnings)


@pytest.mark.parametrize(
    ("name", "words"), [("n" * 5000, r"sample 1 is 'n+' \(5,000 characters\)"), ("", "sample 1 is ''")]
)
def test_a_label_that_is_no_name_is_told(convert: Convert, npz: Callable[..., Path], name: str, words: str) -> None:
    with pytest.raises(DatasetRejected, match=f"{words}; class names are 1 to 200 printable characters"):
        convert(npz(x=BYTES, y=["a", name, "b", "a", "b", "a"]))
