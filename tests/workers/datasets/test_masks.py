"""Masks that come with images: as arrays and as folders, written in the order of the images; what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openapi.problems import DatasetMalformed, DatasetRejected
from tests.workers.datasets.conftest import Convert, picture, shade, write_tar, write_zip
from workers.datasets.concept_masks import ConceptMasks

RNG = np.random.default_rng(0)
X, Y = RNG.integers(0, 256, (30, 5, 4, 3), dtype=np.uint8), RNG.integers(0, 3, 30)
MASKED = RNG.random((30, 2, 5, 4)) < 0.5
NAMES = np.array(["sky", "dog"])


def written(tmp_path: Path) -> np.ndarray:
    found: np.ndarray = np.load(tmp_path / "out" / "masks.npy")
    return found


@pytest.mark.parametrize("high", [1, 255])
@pytest.mark.parametrize("key", ["names", "concepts"])
def test_arrays(convert: Convert, npz: Callable[..., Path], tmp_path: Path, high: int, key: str) -> None:
    masks = MASKED if high == 1 else (MASKED * high).astype(np.uint8)
    found = convert(npz(x=X, y=Y, masks=masks, **{key: NAMES})).found
    assert found.concepts == ("sky", "dog")
    assert not any("also holds" in warning for warning in found.warnings)
    assert written(tmp_path).dtype == bool
    np.testing.assert_array_equal(written(tmp_path), MASKED)


@pytest.mark.parametrize("key", ["mask", "masks"])
def test_one_mask_an_image(convert: Convert, npz: Callable[..., Path], tmp_path: Path, key: str) -> None:
    assert convert(npz(x=X, y=Y, **{key: MASKED[:, 0].astype(np.int64)})).found.concepts == ("mask",)
    np.testing.assert_array_equal(written(tmp_path)[:, 0], MASKED[:, 0])


def test_arrays_that_are_ignored_are_told_beside_those_that_are_read(
    convert: Convert, npz: Callable[..., Path], tmp_path: Path
) -> None:
    found = convert(npz(x=X, y=Y, masks=MASKED, names=NAMES, mask=MASKED[:, 0])).found
    assert "only x, y, masks and names are read; the file also holds mask.npy" in found.warnings
    np.testing.assert_array_equal(written(tmp_path), MASKED)


def test_no_masks(convert: Convert, npz: Callable[..., Path], tmp_path: Path) -> None:
    found = convert(npz(x=X, y=Y)).found
    assert found.concepts is None
    assert "concepts" not in found.model_dump(mode="json")
    assert not (tmp_path / "out" / "masks.npy").exists()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"masks": MASKED}, "no array 'names'"),
        ({"masks": MASKED[0, 0], "names": NAMES}, r"expected \(n, concepts, h, w\)"),
        ({"masks": MASKED.astype(float), "names": NAMES}, "bool or uint8"),
        ({"masks": MASKED, "names": NAMES[:1]}, "2 concepts, and 1 name came with them"),
        ({"masks": MASKED, "names": np.array([1, 2])}, "a text a concept"),
        ({"masks": MASKED, "names": np.array(["sky", "sky"])}, "two concepts are called 'sky'"),
        ({"masks": MASKED, "names": np.array(["sky", ""])}, "concept 1 is called ''"),
        ({"masks": MASKED[:29], "names": NAMES}, "29 rows for 30 images"),
        ({"masks": MASKED[:, :, :4], "names": NAMES}, r"4 × 4 \(height × width\) and the images 5 × 4"),
        ({"masks": MASKED * 2, "names": NAMES}, "holds 2; masks are binary"),
        ({"mask": MASKED[:, 0] * np.int8(-1)}, "holds -1; masks are binary"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    convert: Convert, npz: Callable[..., Path], arrays: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatasetRejected, match=message):
        convert(npz(x=X, y=Y, **arrays))


def test_the_sample_that_is_not_binary_is_named(convert: Convert, npz: Callable[..., Path]) -> None:
    masks = (MASKED * 255).astype(np.uint8)
    masks[17, 1, 2, 3] = 7
    with pytest.raises(DatasetRejected, match="'dog' on sample 17 holds 7"):
        convert(npz(x=X, y=Y, masks=masks, names=NAMES))


def test_a_broken_file_is_damage(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 nothing more")
    with pytest.raises(DatasetMalformed):
        ConceptMasks(tmp_path / "broken.npz")


def mask_of(level: int, size: tuple[int, int] = (4, 4)) -> bytes:
    """A mask that marks `level` pixels, the first ones."""
    pixels = np.zeros(size[0] * size[1])
    pixels[:level] = 255
    return picture(pixels.reshape(size))


FOLDERS = {
    **{f"set/{name}/{i}.png": shade(10 * i + c) for c, name in enumerate(("cat", "dog")) for i in range(3)},
    **{f"set/masks/ear/cat/{i}.png": mask_of(i + 1) for i in range(3)},
    "set/masks/tail/dog/2.png": mask_of(9),
}


@pytest.mark.parametrize("pack", [write_zip, write_tar])
def test_folders(convert: Convert, tmp_path: Path, pack: Callable[[Path, dict[str, bytes]], Path]) -> None:
    got = convert(pack(tmp_path / "set", FOLDERS))
    assert (got.found.concepts, got.found.labels, got.found.num_samples) == (("ear", "tail"), ("cat", "dog"), 6)
    level = got.x[:, 0, 0, 0]
    ear, tail = written(tmp_path).sum((2, 3)).T
    for i in range(6):
        cat = level[i] % 10 == 0
        assert ear[i] == (level[i] // 10 + 1 if cat else 0)
        assert tail[i] == (9 if level[i] == 21 else 0)


def test_folders_beside_a_table_and_another_root(convert: Convert, tmp_path: Path) -> None:
    files = {"images/1.png": shade(1), "images/2.png": shade(2), "masks/ear/2.png": mask_of(5)}
    table = {"labels.csv": b"file,label\nimages/1.png,0\nimages/2.png,1\n"}
    got = convert(write_zip(tmp_path / "set", {**files, **table}))
    assert got.found.concepts == ("ear",)
    assert written(tmp_path).sum((1, 2, 3)).tolist() == [0, 5]
    assert got.y.tolist() == [0, 1]


def test_masks_are_resized_as_their_images(convert: Convert, tmp_path: Path) -> None:
    half = np.zeros((12, 8))
    half[:, 4:] = 1
    entries = {"a/1.png": shade(3, (12, 8)), "b/2.png": shade(4, (6, 6)), "masks/right/a/1.png": picture(half)}
    got = convert(write_zip(tmp_path / "set", entries), resize={"size": 6, "crop": 4})
    assert got.found.shape == (3, 4, 4)
    at = int(np.flatnonzero(got.x[:, 0, 0, 0] == 3)[0])
    expected = np.zeros((4, 4), bool)
    expected[:, 2:] = True
    np.testing.assert_array_equal(written(tmp_path)[at, 0], expected)
    assert not written(tmp_path)[1 - at].any()


@pytest.mark.parametrize("name", ["masks", "Masks"])
@pytest.mark.parametrize("path", ["{name}/{i}{name}.png", "data/{name}/{i}{name}.png", "a/{name}/day/{i}{name}.png"])
def test_a_class_may_be_called_masks(convert: Convert, tmp_path: Path, name: str, path: str) -> None:
    other = "b/1.png" if path.startswith("a/") else path.format(name="plain", i=1)
    entries = {other: shade(0), **{path.format(name=name, i=i): shade(i) for i in range(2)}}
    found = convert(write_zip(tmp_path / "set", entries)).found
    assert (found.labels, found.concepts) == (("a", "b") if path.startswith("a/") else (name, "plain"), None)
    assert found.num_samples == 3


def test_a_set_may_be_called_masks(convert: Convert, tmp_path: Path) -> None:
    entries = {f"masks/{name}/{name}.png": shade(1) for name in ("cloth", "paper")}
    found = convert(write_zip(tmp_path / "set", entries)).found
    assert (found.labels, found.concepts) == (("cloth", "paper"), None)


@pytest.mark.parametrize("folder", ["Masks", "MASKS"])
def test_the_folder_of_masks_is_found_in_any_case(convert: Convert, tmp_path: Path, folder: str) -> None:
    entries = {name.replace("masks", folder): data for name, data in FOLDERS.items()}
    found = convert(write_zip(tmp_path / "set", entries)).found
    assert (found.concepts, found.labels, found.num_samples) == (("ear", "tail"), ("cat", "dog"), 6)
    assert written(tmp_path).sum((0, 2, 3)).tolist() == [1 + 2 + 3, 9]


@pytest.mark.parametrize("folder", ["masks", "Masks", "set/masks"])
@pytest.mark.parametrize("table", [{}, {"labels.csv": b"file,label\n{root}9/1.png,0\n{root}8/2.png,1\n"}])
def test_masks_that_go_with_no_image_at_all_are_refused(
    convert: Convert, tmp_path: Path, folder: str, table: dict[str, bytes]
) -> None:
    root = folder.rpartition("/")[0] + "/" if "/" in folder else ""
    images = {f"{root}9/1.png": shade(1), f"{root}8/2.png": shade(2)}
    rest = {root + name: data.replace(b"{root}", b"") for name, data in table.items()}
    masks = {f"{folder}/top/9/{i}.png": mask_of(1) for i in (900, 901)}
    with pytest.raises(DatasetRejected, match=f"'{folder}/top/9/900.png' is the mask of no image; .*masks/top/"):
        convert(write_zip(tmp_path / "set", {**images, **masks, **rest}))


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"masks/ear/cat/9.png": mask_of(1)}, "'masks/ear/cat/9.png' is the mask of no image"),
        ({"masks/ear/0.png": mask_of(1)}, "is the mask of several images"),
        ({"masks/ear/cat/0.jpg": picture(np.eye(4) * 255, "JPEG")}, "same concept and image"),
        ({"masks/tail/cat/0.png": mask_of(1, (4, 5))}, r"is 4 × 5 \(height × width\) and its image"),
        ({"masks/tail/cat/0.png": picture(np.eye(4) * 100)}, "not binary: it holds 0, 100"),
    ],
)
def test_folders_that_do_not_fit_are_refused(
    convert: Convert, tmp_path: Path, entries: dict[str, bytes], message: str
) -> None:
    plain = {f"{name}/{i}.png": shade(10 * i) for name in ("cat", "dog") for i in range(2)}
    good = {"masks/ear/cat/0.png": mask_of(1)}
    with pytest.raises(DatasetRejected, match=message):
        convert(write_zip(tmp_path / "set", {**plain, **good, **entries}))


def test_masks_that_mark_no_image_are_told_of_in_every_file(
    convert: Convert, npz: Callable[..., Path], tmp_path: Path
) -> None:
    empty = MASKED & np.array([True, False])[:, None, None]
    archive = {**FOLDERS, "set/masks/tail/dog/2.png": mask_of(0)}
    for path, name in (
        (npz(x=X, y=Y, masks=empty, names=NAMES), "dog"),
        (write_zip(tmp_path / "set", archive), "tail"),
    ):
        told = [warning for warning in convert(path).found.warnings if "no image shows" in warning]
        assert told == [
            f"no image shows {name!r}: every mask of it is empty, and an attack inside it has nothing to change"
        ]
    found = convert(npz(x=X, y=Y, masks=MASKED, names=NAMES)).found
    assert not any("no image shows" in warning for warning in found.warnings)
