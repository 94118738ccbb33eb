"""Tables beside pictures, companions, splits and folders, as people have them."""

import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openapi.datasets import DatasetInspection
from openapi.problems import DatasetMalformed, DatasetRejected
from tests.workers.datasets.conftest import Convert, shade, write_tar, write_zip

IMAGES = {"img/A.png": shade(1), "img/b.png": shade(2), "img/c.png": shade(3)}
WANTED = ([1, 2, 3], [1, 0, 1])  # grey levels in order, labels dog, cat, dog


def read(
    convert: Convert, tmp_path: Path, entries: Mapping[str, bytes], **metadata: Any
) -> tuple[list[int], list[int], DatasetInspection]:
    got = convert(write_zip(tmp_path / "a.zip", entries), **metadata)
    return got.x[:, 0, 0, 0].tolist(), got.y.tolist(), got.found


TABLES = {
    "commas": ("labels.csv", "file,label\nimg/A.png,dog\nimg/b.png,cat\nimg/c.png,dog\n"),
    "semicolons": ("labels.csv", "file;label\nimg/A.png;dog\nimg/b.png;cat\nimg/c.png;dog\n"),
    "tabs": ("labels.tsv", "file\tlabel\nimg/A.png\tdog\nimg/b.png\tcat\nimg/c.png\tdog\n"),
    "BOM of Excel": ("labels.csv", "\ufefffile;label\r\nimg/A.png;dog\r\nimg/b.png;cat\r\nimg/c.png;dog\r\n"),
    "capitals": ("Labels.csv", "File Name,Label\nIMG/a.PNG,dog\nimg/B.png,cat\nimg/c.png,dog\n"),
    "backslashes": ("labels.csv", "file,label\nimg\\A.png,dog\n.\\img\\b.png,cat\nimg\\c.png,dog\n"),
    "beside the images": ("img/metadata.csv", "file_name,label,text\nA.png,dog,x\nb.png,cat,y\nc.png,dog,z\n"),
    "JSON lines": (
        "img/metadata.jsonl",
        '{"file_name": "A.png", "label": "dog"}\n\n{"label": "cat", "file_name": "b.png"}\n'
        '{"file_name": "c.png", "label": "dog", "more": [1]}\n',
    ),
    "stems": ("train.csv", "image_id,breed\nA,dog\nb,cat\nc,dog\n"),
    "paths of another machine": ("train.csv", "path,target\n/data/x/A.png,dog\n/data/x/b.png,cat\n/data/x/c.png,dog\n"),
    "GTSRB's": ("Test.csv", "Width;Height;ClassId;Path\n4;4;dog;img/A.png\n4;4;cat;img/b.png\n4;4;dog;img/c.png\n"),
    "one column a class": ("train.csv", "image,cat,dog\nA,0.0,1.0\nb,1.0,0.0\nc,0.0,1.0\n"),
    "quotes": ("labels.csv", 'file,label\n"img/A.png","dog"\n"img/b.png", cat\nimg/c.png,dog\n'),
}


@pytest.mark.parametrize("kind", list(TABLES))
def test_tables(convert: Convert, tmp_path: Path, kind: str) -> None:
    name, text = TABLES[kind]
    *got, found = read(convert, tmp_path, IMAGES | {name: text.encode()})
    assert tuple(got) == WANTED
    assert found.labels == ("cat", "dog")


@pytest.mark.parametrize("values", [("1", "0", "1"), ("1.0", "0.0", "1.0"), ("True", "False", "True")])
def test_labels_that_are_numbers_or_truths(convert: Convert, tmp_path: Path, values: tuple[str, str, str]) -> None:
    rows = "\n".join(f"{n},{v}" for n, v in zip("Abc", values, strict=True))
    *got, found = read(convert, tmp_path, IMAGES | {"labels.csv": f"file,label\n{rows}\n".encode()})
    assert tuple(got) == WANTED
    assert found.numbered_names is None, "numbers of a table are labels, whatever the order of their text"


def test_a_column_can_be_named(convert: Convert, tmp_path: Path) -> None:
    text = b"image,species,sex\nA,dog,m\nb,cat,f\nc,dog,m\n"
    got = read(convert, tmp_path, IMAGES | {"t.csv": text}, label_column="Species")
    assert got[:2] == WANTED
    with pytest.raises(DatasetRejected, match=r"columns image, species, sex; expected file and label.*label_column"):
        read(convert, tmp_path, IMAGES | {"labels.csv": text})


def test_a_table_without_labels_leaves_the_folders_in_force(convert: Convert, tmp_path: Path) -> None:
    entries = {f"{c}/1.png": shade(i) for i, c in enumerate(("cat", "dog"))}
    text = b"file_name,caption,source\ncat/1.png,a cat,web\ndog/1.png,a dog,web\n"
    _, y, found = read(convert, tmp_path, entries | {"metadata.csv": text})
    assert (sorted(y), found.labels) == ([0, 1], ("cat", "dog"))


def test_as_competitions_pack_it(convert: Convert, tmp_path: Path) -> None:
    entries = {f"{s}_images/{i}.png": shade(10 * k + i) for k, s in enumerate(("train", "test")) for i in range(3)}
    entries["train.csv"] = b"id,label\n0,cat\n1,dog\n2,cat\n"
    entries["test.csv"] = b"id\n0\n1\n2\n"
    entries["sample_submission.csv"] = b"id,label\n0,cat\n1,cat\n2,cat\n"
    x, y, found = read(convert, tmp_path, entries)
    assert (x, y) == ([0, 1, 2], [0, 1, 0])
    assert any("3 images left out for not being listed in 'train.csv'" in w for w in found.warnings)


def test_one_table_a_folder(convert: Convert, tmp_path: Path) -> None:
    """GTSRB has one in each class folder."""
    entries = {f"{c:05d}/{i}.ppm": shade(10 * c + i) for c in (3, 14) for i in range(2)}
    for c in (3, 14):
        rows = "".join(f"{i}.ppm;4;4;{c}\n" for i in range(2))
        entries[f"{c:05d}/GT-{c:05d}.csv"] = f"Filename;Width;Height;ClassId\n{rows}".encode()
    x, y, _ = read(convert, tmp_path, entries)
    assert (x, y) == ([30, 31, 140, 141], [3, 3, 14, 14])


def test_a_split_is_chosen(convert: Convert, tmp_path: Path) -> None:
    folders = {f"set/{s}/{c}/{i}.png": shade(i) for s in ("train", "test") for c in "ab" for i in range(3)}
    folders["set/test/a/9.png"] = shade(9)
    with pytest.raises(DatasetRejected, match=r"the splits test, train; upload one split at a time"):
        read(convert, tmp_path, folders)
    _, _, found = read(convert, tmp_path, folders, split="Test")
    assert found.class_counts == (4, 3)
    assert any("6 images of other splits left out" in w for w in found.warnings)
    tables = {f"{s}.csv": f"file,label\nimg/{n}.png,cat\n".encode() for s, n in (("train", "A"), ("test", "b"))}
    with pytest.raises(DatasetRejected, match=r"2 tables of labels \(train.csv, test.csv\)"):
        read(convert, tmp_path, IMAGES | tables)
    assert read(convert, tmp_path, IMAGES | tables, split="test")[0] == [2]
    column = b"file,label,split\nA,dog,train\nb,cat,test\nc,dog,test\n"
    assert read(convert, tmp_path, IMAGES | {"all.csv": column}, split="test")[0] == [2, 3]


@pytest.mark.parametrize("pack", [write_zip, write_tar])
@pytest.mark.parametrize("form", ["cls", "cls.txt", "names", "json"])
def test_webdataset(convert: Convert, tmp_path: Path, pack: Callable[..., Any], form: str) -> None:
    entries = {}
    for i, level in enumerate((7, 3, 5)):
        entries[f"{i:06d}.png"] = shade(level)
        if form == "json":
            entries[f"{i:06d}.json"] = json.dumps({"label": i % 2, "width": 4}).encode()
        else:
            suffix = "cls" if form == "names" else form
            entries[f"{i:06d}.{suffix}"] = (("dog", "cat")[i % 2] if form == "names" else f"{i % 2}\n").encode()
            entries[f"{i:06d}.json"] = b"{}"
    got = convert(pack(tmp_path / "a.tar", entries))
    assert got.x[:, 0, 0, 0].tolist() == [7, 3, 5]
    assert got.y.tolist() == ([1, 0, 1] if form == "names" else [0, 1, 0])
    assert got.found.warnings == ()


def test_webdataset_with_a_label_missing(convert: Convert, tmp_path: Path) -> None:
    entries = {"1.png": shade(1), "1.cls": b"0", "2.png": shade(2)}
    with pytest.raises(DatasetRejected, match=r"image '2.png' has no label beside it; expected '2.cls'"):
        read(convert, tmp_path, entries)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("metadata.jsonl", b"{", r"'metadata.jsonl', line 1 is not JSON"),
        ("metadata.jsonl", b"[1]", r"line 1 is not a JSON object"),
        ("metadata.jsonl", b"[" * 100_000, r"line 1 is not JSON"),
        ("labels.csv", b'file,label\n"a', r"not a UTF-8 CSV"),
    ],
)
def test_what_is_no_table(convert: Convert, tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(DatasetMalformed, match=message):
        read(convert, tmp_path, IMAGES | {name: content})


def test_a_name_that_may_be_two_images(convert: Convert, tmp_path: Path) -> None:
    entries = {"x/1.png": shade(1), "y/1.png": shade(2), "labels.csv": b"file,label\n1.png,cat\n"}
    with pytest.raises(DatasetRejected, match=r"line 2: '1.png' may be 'x/1.png' or 'y/1.png'"):
        read(convert, tmp_path, entries)


def test_hidden_folders_and_checkpoints_are_passed_over(convert: Convert, tmp_path: Path) -> None:
    entries = {f"{c}/1.png": shade(1) for c in ("cat", "dog")}
    for hidden in (
        ".git/x.png",
        "cat/.ipynb_checkpoints/1-checkpoint.png",
        "__MACOSX/cat/._1.png",
        ".thumbs/cat/1.png",
        "@eaDir/cat/1.png",
        "cat/THUMBS.DB",
        "$RECYCLE.BIN/1.png",
        "cat/Icon\r",
    ):
        entries[hidden] = b"junk"
    _, _, found = read(convert, tmp_path, entries)
    assert (found.num_samples, found.labels, found.warnings) == (2, ("cat", "dog"), ())


def test_archives_of_windows(convert: Convert, tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, level in (("set\\dog\\1.png", 9), ("set\\cat\\1.png", 8)):
            info = zipfile.ZipInfo("x")
            info.filename = name
            archive.writestr(info, shade(level))
    (tmp_path / "a.zip").write_bytes(data.getvalue())
    got = convert(tmp_path / "a.zip")
    assert got.found.labels == ("cat", "dog")
    assert (got.x[:, 0, 0, 0] == np.array([8, 9])[got.y]).all()


def test_strays_deep_folders_and_empty_classes(convert: Convert, tmp_path: Path) -> None:
    entries = {
        "set/preview.png": shade(1),
        "set/cat/day 1/1.png": shade(2),
        "set/cat/2.png": shade(3),
        "set/eel/1.png": shade(4),
        "set/dog/": b"",
    }
    _, y, found = read(convert, tmp_path, entries)
    assert found.labels == ("cat", "dog", "eel")
    assert sorted(y) == [0, 0, 2], "the empty class keeps its label free"
    said = " | ".join(found.warnings)
    for words in ("1 image in no class folder left out", "below their class's folder", "'dog' hold no image"):
        assert words in said
    tarred = convert(write_tar(tmp_path / "a.tar", {k: v for k, v in entries.items() if not k.endswith("/")}))
    assert tarred.found.labels == ("cat", "eel")


def test_unicode_and_spaces_in_names(convert: Convert, tmp_path: Path) -> None:
    entries = {unicodedata.normalize("NFD", "Größe/1.png"): shade(1), "klein /1.png": shade(2)}
    _, _, found = read(convert, tmp_path, entries)
    assert found.labels == ("Größe", "klein")
    _, _, found = read(convert, tmp_path, entries, labels=["klein", "leer", "GRÖSSE"])
    assert found.class_counts == (1, 0, 1)
    assert any("'Größe' is 'GRÖSSE'" in w for w in found.warnings)
    found = read(convert, tmp_path, {"Cat/1.png": shade(1), "cat/2.png": shade(2)})[2]
    assert any("told apart: 'Cat', 'cat'" in w for w in found.warnings)


def test_labels_from_one_on(convert: Convert, tmp_path: Path) -> None:
    entries = {f"{i}/1.png": shade(i) for i in range(1, 4)}
    x, y, _ = read(convert, tmp_path, entries, label_order="one_based")
    assert y == [level - 1 for level in x]
    with pytest.raises(DatasetRejected, match=r"is 0, but .*one_based"):
        read(convert, tmp_path, entries | {"0/1.png": shade(0)}, label_order="one_based")
    assert read(convert, tmp_path, entries)[2].numbered_names == ("1", "2", "3")
    with pytest.raises(DatasetRejected, match=r"names '01' and '1' are the same number"):
        read(convert, tmp_path, {"1/1.png": shade(1), "01/1.png": shade(1)})


def test_labels_that_are_no_whole_numbers_are_no_names(convert: Convert, tmp_path: Path) -> None:
    with pytest.raises(DatasetRejected, match=r"numbers such as 0.5; labels are names, or whole numbers from 0"):
        read(convert, tmp_path, IMAGES | {"all.csv": b"file,label\nA,0.5\nb,1.5\nc,2\n"})
    folders = {f"{name}/1.png": shade(level) for level, name in enumerate(("0.5", "1.5"))}
    assert read(convert, tmp_path, folders)[2].labels == ("0.5", "1.5"), "folders may be called so"


def test_a_split_that_is_not_there_is_refused_or_said_to_choose_nothing(convert: Convert, tmp_path: Path) -> None:
    column = {"all.csv": b"file,label,split\nA,dog,train\nb,cat,test\nc,dog,test\n"}
    with pytest.raises(DatasetRejected, match=r"'nope'; the column split of 'all.csv' holds test, train"):
        read(convert, tmp_path, IMAGES | column, split="nope")
    with pytest.raises(DatasetRejected, match=r"'test'; the archive holds train.csv"):
        read(convert, tmp_path, IMAGES | {"train.csv": b"file,label\nimg/A.png,cat\n"}, split="test")
    for plain in (IMAGES | {"all.csv": b"file,label\nA,dog\n"}, {f"set/{c}/1.png": shade(1) for c in "ab"}):
        assert any("holds no splits" in w for w in read(convert, tmp_path, plain, split="nope")[2].warnings)
    with pytest.raises(DatasetRejected, match=r"'train'; the archive holds test"):
        read(convert, tmp_path, {f"test/{c}/1.png": shade(1) for c in "ab"}, split="train")
