"""Folders of classes and archives of them: the same images in every kind, and what is refused in them."""

import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from openapi.problems import DatasetMalformed, DatasetRejected
from tests.workers.datasets.conftest import Convert, picture, shade, write_tar, write_zip
from workers.datasets.limits import DatasetLimits

RNG = np.random.default_rng(1)
NOISE = picture(RNG.integers(0, 256, (64, 64, 3)))
SET = {f"{name}/{i}.png": shade(10 * i + c) for c, name in enumerate(("dog", "cat", "eel")) for i in range(4)}
WRITERS: dict[str, Callable[[Path, Mapping[str, bytes]], Path]] = {
    "zip": write_zip,
    "tar": write_tar,
    "tar.gz": lambda p, e: write_tar(p, e, "w:gz"),
    "tar.bz2": lambda p, e: write_tar(p, e, "w:bz2"),
    "tar.xz": lambda p, e: write_tar(p, e, "w:xz"),
}


@pytest.mark.parametrize("kind", list(WRITERS))
def test_class_folders(convert: Convert, tmp_path: Path, kind: str) -> None:
    got = convert(WRITERS[kind](tmp_path / "set", SET))
    assert got.found.labels == ("cat", "dog", "eel")
    assert got.found.class_counts == (4, 4, 4)
    assert got.found.shape == (3, 4, 4)
    level = got.x[:, 0, 0, 0]
    assert sorted(level) == sorted(10 * i + c for c in range(3) for i in range(4))
    assert (got.y == np.array([1, 0, 2])[level % 10]).all()  # dog, cat, eel → their places in the alphabet
    assert (np.diff(got.y) < 0).any()  # the classes are mixed


def test_order_depends_on_paths_alone(convert: Convert, tmp_path: Path) -> None:
    a = convert(write_zip(tmp_path / "a", SET))
    b = convert(write_tar(tmp_path / "b", dict(reversed(SET.items()))))
    assert np.array_equal(a.x, b.x)
    assert np.array_equal(a.y, b.y)


def test_one_root_folder_and_litter(convert: Convert, tmp_path: Path) -> None:
    entries = {f"my set/{k}": v for k, v in SET.items()}
    entries |= {"__MACOSX/my set/._a.png": b"x", "my set/.DS_Store": b"x", "my set/cat/._1.png": b"x"}
    got = convert(write_zip(tmp_path / "a", entries | {"my set/README.md": b"hello"}))
    assert got.found.num_samples == 12
    assert got.found.warnings == ("1 file ignored for being no image, such as 'my set/README.md'",)


def test_numbered_folders_are_the_labels(convert: Convert, tmp_path: Path) -> None:
    got = convert(write_zip(tmp_path / "a", {f"{i}/a.png": shade(i) for i in (0, 2, 10)}))
    assert got.y.tolist() == got.x[:, 0, 0, 0].tolist()
    assert got.found.num_classes == 11


def test_given_labels_decide_the_numbers(convert: Convert, tmp_path: Path) -> None:
    got = convert(write_zip(tmp_path / "a", SET), labels=("eel", "cat", "fox", "dog"))
    assert (got.y == np.array([3, 1, 0])[got.x[:, 0, 0, 0] % 10]).all()
    with pytest.raises(DatasetRejected, match=r"class 'dog' is not among metadata.labels"):
        convert(write_zip(tmp_path / "a", SET), labels=("cat", "eel"))


@pytest.mark.parametrize("label", [("7", "3"), ("no", "yes")])
def test_labels_csv_keeps_its_order(convert: Convert, tmp_path: Path, label: tuple[str, str]) -> None:
    table = f"file,label\nimages/b.png,{label[1]}\nimages/a.png,{label[0]}\n".encode()
    entries = {"set/images/a.png": shade(1), "set/images/b.png": shade(2), "set/images/c.png": shade(3)}
    got = convert(write_zip(tmp_path / "a", entries | {"set/labels.csv": table}))
    assert got.x[:, 0, 0, 0].tolist() == [2, 1]
    assert got.y.tolist() == ([3, 7] if label[0] == "7" else [1, 0])
    assert "1 image left out for not being listed" in got.found.warnings[0]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"file,label\nb.png,1\n", r"line 2: the archive holds no image 'b.png'"),
        (b"file,label\na.png,\n", r"line 2: file or label is empty"),
        (b"file,label\na.png,1\na.png,2\n", r"lists 'a.png' twice"),
        (b"width,class,z\na.png,1,2\n", r"has the columns width, class, z; expected file and label"),
        (b"file,label\n", r"no rows"),
        (b"file,label\n\xff\xfe,1\n", r"not text in UTF-8 \(invalid start byte\): save it as UTF-8"),
        (b"file,label\n../b.png,1\n", r"holds no image '../b.png'"),
    ],
)
def test_wrong_tables(convert: Convert, tmp_path: Path, table: bytes, message: str) -> None:
    with pytest.raises(DatasetRejected, match=message):
        convert(write_zip(tmp_path / "a", {"a.png": shade(1), "labels.csv": table}))


@pytest.mark.parametrize("which", ["image_column", "label_column"])
def test_a_column_that_is_not_there_is_named(convert: Convert, tmp_path: Path, which: str) -> None:
    data = write_zip(tmp_path / "a", {"a.png": shade(1), "labels.csv": b"file,label\na.png,1\n"})
    with pytest.raises(DatasetRejected, match=f"metadata.{which} names 'colour', which is not there"):
        convert(data, **{which: "colour"})


def test_every_codec(convert: Convert, tmp_path: Path) -> None:
    pixels = np.repeat(np.repeat(RNG.integers(0, 256, (4, 4, 3), dtype=np.uint8), 8, 0), 8, 1)
    entries = {
        "0/a.png": picture(pixels),
        "1/b.webp": picture(pixels, "WEBP", lossless=True),
        "2/c.JPEG": picture(pixels, "JPEG", quality=95, subsampling=0),
    }
    got = convert(write_zip(tmp_path / "a", entries))
    by_label = got.x[np.argsort(got.y)].astype(int)
    want = pixels.transpose(2, 0, 1).astype(int)
    assert (by_label[0] == want).all()
    assert (by_label[1] == want).all()
    assert np.abs(by_label[2] - want).mean() < 8


def test_grey_sets_have_one_channel_and_mixed_sets_three(convert: Convert, tmp_path: Path) -> None:
    grey = picture(np.full((4, 4), 77))
    assert convert(write_zip(tmp_path / "a", {"0/a.png": grey, "1/b.png": grey})).found.shape == (1, 4, 4)
    got = convert(write_zip(tmp_path / "b", {"0/a.png": grey, "1/b.png": shade(3)}))
    assert got.found.shape == (3, 4, 4)
    assert (got.x[got.y == 0] == 77).all()


def test_sizes_must_agree_or_a_resize_be_given(convert: Convert, tmp_path: Path) -> None:
    entries = {"0/a.png": shade(9), "1/b.png": shade(200, (8, 6))}
    path = write_zip(tmp_path / "a", entries)
    with pytest.raises(DatasetRejected, match=r"images differ in size: '1/b.png' is 8 × 6 .*'0/a.png' is 4 × 4"):
        convert(path)
    got = convert(path, resize=(5, 4))
    assert got.found.shape == (3, 5, 4)
    assert "resized to 5 × 4 (height × width) with Pillow's bilinear filter" in got.found.resize
    assert (got.x[got.y == 1] == 200).all()
    same = convert(write_zip(tmp_path / "b", SET), resize=(4, 4))
    assert same.found.resize == "none"


def test_pixel_bomb_is_refused_by_its_header(convert: Convert, tmp_path: Path) -> None:
    bomb = picture(np.zeros((3000, 3000)), optimize=True)  # 9 million pixels in a few kilobytes
    path = write_zip(tmp_path / "a", {"0/bomb.png": bomb, "1/b.png": shade(1)})
    with pytest.raises(DatasetRejected, match=r"'0/bomb.png' is 3000 × 3000 pixels; at most 1,000,000"):
        convert(path, DatasetLimits(image_pixels=1_000_000), resize=(4, 4))


@pytest.mark.parametrize(
    "name", ["../evil.png", "/etc/evil.png", "cat/../../evil.png", "C:/evil.png", "a\\..\\..\\evil.png", "a/\n.png"]
)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_unsafe_names(convert: Convert, tmp_path: Path, name: str, kind: str) -> None:
    with pytest.raises(DatasetRejected, match=r"unsafe name"):
        convert(WRITERS[kind](tmp_path / "set", {"cat/ok.png": shade(1), name: shade(2)}))
    assert not list(tmp_path.rglob("evil.png"))


def test_links_and_devices_are_refused(convert: Convert, tmp_path: Path) -> None:
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        with tarfile.open(tmp_path / "links.tar", "w") as archive:
            info = tarfile.TarInfo("cat/a.png")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        with pytest.raises(DatasetRejected, match=r"'cat/a.png' is a link, device"):
            convert(tmp_path / "links.tar")
    link = zipfile.ZipInfo("cat/a.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as zipped:
        zipped.writestr(link, "/etc/passwd")
    with pytest.raises(DatasetRejected, match=r"'cat/a.png' is a link"):
        convert(tmp_path / "links.zip")


def test_an_entry_without_a_name(convert: Convert, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("X", shade(1))
    data = (tmp_path / "a.zip").read_bytes().replace(b"X", b"\0")
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(DatasetRejected):
        convert(tmp_path / "a.zip")


def test_doubled_entries(convert: Convert, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("cat/a.png", shade(1))
        with pytest.warns(UserWarning, match=r"Duplicate"):
            archive.writestr("cat/a.png", shade(2))
    with pytest.raises(DatasetRejected, match=r"holds 'cat/a.png' twice"):
        convert(tmp_path / "a.zip")


def test_bombs_among_archives(convert: Convert, tmp_path: Path) -> None:
    limits = DatasetLimits(ratio_floor=1 << 18, entry_bytes=1 << 20)
    zeros = b"\0" * (1 << 19)
    with pytest.raises(DatasetRejected, match=r"'cat/a.png' unpacks from"):
        convert(write_zip(tmp_path / "a.zip", {"cat/a.png": zeros}), limits)
    with pytest.raises(DatasetRejected, match=r"'a.tgz' unpacks from"):
        convert(write_tar(tmp_path / "a.tgz", {"cat/a.png": zeros}, "w:gz"), limits)
    with pytest.raises(DatasetRejected, match=r"at most 1,048,576 are accepted"):
        convert(write_tar(tmp_path / "a.tar", {"cat/a.png": zeros * 3}), limits)
    with pytest.raises(DatasetRejected, match=r"more than 2 files"):
        convert(write_zip(tmp_path / "b.zip", SET), DatasetLimits(entries=2))


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"cat/a.png": b"not an image"}, "'cat/a.png' is not a JPEG, PNG, WebP, AVIF, BMP, TIFF, GIF or PPM image"),
        ({"cat/a.png": NOISE[: len(NOISE) // 2]}, "'cat/a.png' cannot be decoded"),
        ({"cat/a.heic": b"ftypheic"}, "'cat/a.heic' is of a kind that is not supported"),
        ({"cat/a.jpg": b""}, "'cat/a.jpg' is empty"),
        ({"cat/a.jpg": b"<html>404</html>"}, "'cat/a.jpg' is not a JPEG.*HTML"),
        ({"cat/a.jpg": b"version https://git-lfs.github.com/spec/v1"}, "git lfs pull"),
        ({"a.png": shade(1)}, "'a.png' lies in no class folder"),
        ({"train/cat/a.png": shade(1), "test/cat/a.png": shade(1)}, "upload one split at a time"),
        ({"readme.txt": b""}, "holds no JPEG, PNG, WebP"),
        ({"test/a.png": shade(1), "train/b.png": shade(1)}, "the splits test, train; upload one split at a time"),
    ],
)
def test_wrong_content(convert: Convert, tmp_path: Path, entries: dict[str, bytes], message: str) -> None:
    with pytest.raises(DatasetRejected, match=message):
        convert(write_zip(tmp_path / "a", entries))


@pytest.mark.parametrize("kind", list(WRITERS))
def test_truncated_archives(convert: Convert, tmp_path: Path, kind: str) -> None:
    whole = WRITERS[kind](tmp_path / "whole", SET).read_bytes()
    for share in (0.3, 0.6, 0.9 if kind != "tar" else 0.5):
        (tmp_path / "cut").write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(DatasetMalformed):
            convert(tmp_path / "cut")
