"""Parquet files: pictures, pixels and labels in whatever columns people write them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from PIL import Image

from openapi.problems import DatasetMalformed, DatasetRejected
from tests.workers.datasets.conftest import Convert, picture, shade
from workers.datasets.limits import DatasetLimits

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def write(
    path: Path,
    images: Any,
    labels: Sequence[Any],
    names: list[str] | None = None,
    columns: tuple[str, str] = ("image", "label"),
    image_type: Any = IMAGE,
    **options: Any,
) -> Path:
    rows = [{"bytes": b, "path": f"{i}.png"} for i, b in enumerate(images)] if image_type is IMAGE else images
    table = pa.table({columns[0]: pa.array(rows, image_type), columns[1]: pa.array(labels)})
    if names is not None:
        features = {columns[0]: {"_type": "Image"}, columns[1]: {"names": names, "_type": "ClassLabel"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path, **options)
    return path


def test_as_hugging_face_writes_it(convert: Convert, tmp_path: Path) -> None:
    images = [shade(i) for i in range(150)]
    labels = [i % 3 for i in range(150)]
    got = convert(write(tmp_path / "a.parquet", images, labels, ["ant", "bee", "cow"], row_group_size=40))
    assert got.x[:, 0, 0, 0].tolist() == list(range(150))
    assert got.y.tolist() == labels
    assert got.found.labels == ("ant", "bee", "cow")
    assert got.found.class_counts == (50, 50, 50)


def test_columns_are_told_by_metadata_by_name_or_by_type(convert: Convert, tmp_path: Path) -> None:
    images, labels = [shade(1), shade(2)], [1, 0]
    for columns, names in ((("photo", "animal"), ["a", "b"]), (("img", "fine_label"), None), (("p", "q"), None)):
        got = convert(write(tmp_path / "a.parquet", images, labels, names, columns))
        assert got.x[:, 0, 0, 0].tolist() == [1, 2]
        assert got.y.tolist() == labels
    table = pa.table({"p": images, "a": [0, 1], "b": [0, 1]})
    pq.write_table(table, tmp_path / "b.parquet")
    with pytest.raises(DatasetRejected, match=r"no single column of labels.*a: int64, b: int64"):
        convert(tmp_path / "b.parquet")


def test_plain_bytes_and_named_labels(convert: Convert, tmp_path: Path) -> None:
    got = convert(write(tmp_path / "a.parquet", [shade(1), shade(2)], ["dog", "cat"], image_type=pa.binary()))
    assert got.y.tolist() == [1, 0]
    assert got.found.labels == ("cat", "dog")


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        ([shade(1), None], [0, 1], r"column 'image', row 1 holds no image bytes"),
        ([shade(1), b"?"], [0, 1], r"'image\[1\]' is not a JPEG"),
        ([shade(1), shade(2)], [0, None], r"column 'label', row 1 has no label"),
        ([shade(1), shade(2)], [0, -1], r"row 1 is -1: this split is unlabelled"),
        ([shade(1), shade(2)], [0, -7], r"column 'label'\[1\] is -7"),
        ([shade(1), picture(np.zeros((9, 9)))], [0, 1], r"images differ in size: 'image\[0\]'.*'image\[1\]'"),
        ([], [], r"the data set is empty"),
    ],
)
def test_wrong_rows(convert: Convert, tmp_path: Path, images: list[Any], labels: list[Any], message: str) -> None:
    with pytest.raises(DatasetRejected, match=message):
        convert(write(tmp_path / "a.parquet", images, pa.array(labels, pa.int64())))


def test_bomb_and_damage(convert: Convert, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.parquet", [b"\0" * (1 << 20), shade(1)], [0, 1], compression="zstd", use_dictionary=False
    )
    with pytest.raises(DatasetRejected, match=r"decompression bomb"):
        convert(path, DatasetLimits(ratio_floor=1 << 18))
    whole = write(tmp_path / "b.parquet", [shade(1), shade(2)], [0, 1]).read_bytes()
    (tmp_path / "c.parquet").write_bytes(whole[:30] + b"\xff" * 40 + whole[70:])
    with pytest.raises(DatasetRejected):
        convert(tmp_path / "c.parquet")
    (tmp_path / "d.parquet").write_bytes(b"PAR1" + b"\xff" * 40 + b"PAR1")
    with pytest.raises(DatasetMalformed):
        convert(tmp_path / "d.parquet")


LEVELS = list(range(8))
COLUMNS = {
    "booleans": (pa.array([bool(i % 2) for i in LEVELS]), None),
    "floats": (pa.array([float(i % 2) for i in LEVELS]), None),
    "categories": (pa.array(["no", "yes"] * 4).dictionary_encode(), ("no", "yes")),
    "large strings": (pa.array(["no", "yes"] * 4, pa.large_string()), ("no", "yes")),
    "one-hot lists": (pa.array([[1, 0], [0, 1]] * 4), None),
    "lists of one": (pa.array([[0], [1]] * 4), None),
}


@pytest.mark.parametrize("kind", list(COLUMNS))
def test_kinds_of_labels(convert: Convert, tmp_path: Path, kind: str) -> None:
    labels, names = COLUMNS[kind]
    pq.write_table(pa.table({"image": [{"bytes": shade(i)} for i in LEVELS], "label": labels}), tmp_path / "a.parquet")
    got = convert(tmp_path / "a.parquet")
    assert got.y.tolist() == [i % 2 for i in LEVELS]
    assert got.found.labels == names


def test_columns_of_webdataset_and_two_kinds_of_labels(convert: Convert, tmp_path: Path) -> None:
    rows = {
        "__key__": [str(i) for i in LEVELS],
        "jpg": [{"bytes": shade(i)} for i in LEVELS],
        "cls": [i % 4 for i in LEVELS],
        "coarse_label": [i % 2 for i in LEVELS],
    }
    pq.write_table(pa.table(rows), tmp_path / "a.parquet")
    assert convert(tmp_path / "a.parquet").y.max() == 3
    got = convert(tmp_path / "a.parquet", label_column="coarse_label")
    assert got.y.max() == 1
    with pytest.raises(DatasetRejected, match=r"called 'kind' \(metadata.label_column\)"):
        convert(tmp_path / "a.parquet", label_column="kind")


def test_two_label_columns_are_told_of(convert: Convert, tmp_path: Path) -> None:
    rows = {
        "image": [{"bytes": shade(i)} for i in LEVELS],
        "fine_label": LEVELS,
        "coarse_label": [i // 4 for i in LEVELS],
    }
    pq.write_table(pa.table(rows), tmp_path / "a.parquet")
    got = convert(tmp_path / "a.parquet")
    assert got.y.tolist() == LEVELS
    assert any("column 'fine_label', and not from 'coarse_label'" in w for w in got.found.warnings)


PIXELS = np.random.default_rng(3).integers(0, 256, (8, 4, 4), dtype=np.uint8)


@pytest.mark.parametrize("form", ["flat lists", "nested lists", "fixed lists", "columns", "csv", "csv;"])
def test_tables_of_pixels(convert: Convert, tmp_path: Path, form: str) -> None:
    flat = PIXELS.reshape(8, 16)
    if form in ("columns", "csv", "csv;"):
        rows = {"label": LEVELS, **{f"pixel{i}": flat[:, i] for i in range(16)}}
    else:
        values = {
            "flat lists": lambda: pa.array(flat.tolist()),
            "nested lists": lambda: pa.array(PIXELS.tolist()),
            "fixed lists": lambda: pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), 16),
        }[form]()
        rows = {"image": values, "label": LEVELS}
    path = tmp_path / "a"
    if form.startswith("csv"):
        pc.write_csv(pa.table(rows), path, pc.WriteOptions(delimiter=form[3:] or ","))
    else:
        pq.write_table(pa.table(rows), path)
    got = convert(path)
    assert np.array_equal(got.x[:, 0], PIXELS)
    assert got.y.tolist() == LEVELS
    assert not list(tmp_path.rglob("table.parquet")), "nothing is left behind"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[0] * 16, [0] * 9], "lists of different lengths"),
        ([[0] * 16, [0] * 15 + [None]], "empty cells"),
        ([[0] * 16, None], "empty cells"),
        ([[0] * 17, [0] * 17], "flat rows must be square"),
    ],
)
def test_wrong_lists_of_pixels(convert: Convert, tmp_path: Path, values: list[Any], message: str) -> None:
    pq.write_table(pa.table({"image": values, "label": [0, 1]}), tmp_path / "a.parquet")
    with pytest.raises(DatasetRejected, match=message):
        convert(tmp_path / "a.parquet")


def test_several_labels_a_picture_are_refused(convert: Convert, tmp_path: Path) -> None:
    rows = {"image": [{"bytes": shade(1)}] * 2, "labels": [[0, 1], [1]]}
    pq.write_table(pa.table(rows), tmp_path / "a.parquet")
    with pytest.raises(DatasetRejected, match="several labels a picture"):
        convert(tmp_path / "a.parquet")


def test_pictures_in_parquet_are_turned_and_cropped_too(convert: Convert, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = np.random.default_rng(0).integers(0, 256, (6, 9, 3))
    got = convert(write(tmp_path / "a.parquet", [picture(pixels, exif=exif)], [0]), resize={"crop": 5})
    assert np.array_equal(got.x[0], np.rot90(pixels, -1)[2:7, 0:5].transpose(2, 0, 1)[:, :, :5])
