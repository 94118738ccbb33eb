import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openapi.problems import DatasetMalformed, DatasetRejected
from tests.workers.datasets.conftest import picture, shade
from workers.datasets.limits import DatasetLimits

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def write(path, images, labels, names=None, columns=("image", "label"), image_type=IMAGE, **options):
    rows = [{"bytes": b, "path": f"{i}.png"} for i, b in enumerate(images)] if image_type is IMAGE else images
    table = pa.table({columns[0]: pa.array(rows, image_type), columns[1]: pa.array(labels)})
    if names is not None:
        features = {columns[0]: {"_type": "Image"}, columns[1]: {"names": names, "_type": "ClassLabel"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path, **options)
    return path


def test_as_hugging_face_writes_it(convert, tmp_path):
    images = [shade(i) for i in range(150)]
    labels = [i % 3 for i in range(150)]
    got = convert(write(tmp_path / "a.parquet", images, labels, ["ant", "bee", "cow"], row_group_size=40))
    assert got.x[:, 0, 0, 0].tolist() == list(range(150))
    assert got.y.tolist() == labels
    assert got.found.labels == ("ant", "bee", "cow")
    assert got.found.class_counts == (50, 50, 50)


def test_columns_are_told_by_metadata_by_name_or_by_type(convert, tmp_path):
    images, labels = [shade(1), shade(2)], [1, 0]
    for columns, names in ((("photo", "animal"), ["a", "b"]), (("img", "fine_label"), None), (("p", "q"), None)):
        got = convert(write(tmp_path / "a.parquet", images, labels, names, columns))
        assert got.x[:, 0, 0, 0].tolist() == [1, 2]
        assert got.y.tolist() == labels
    table = pa.table({"p": images, "a": [0, 1], "b": [0, 1]})
    pq.write_table(table, tmp_path / "b.parquet")
    with pytest.raises(DatasetRejected, match=r"no single column of labels.*a: int64, b: int64"):
        convert(tmp_path / "b.parquet")


def test_plain_bytes_and_named_labels(convert, tmp_path):
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
def test_wrong_rows(convert, tmp_path, images, labels, message):
    with pytest.raises(DatasetRejected, match=message):
        convert(write(tmp_path / "a.parquet", images, pa.array(labels, pa.int64())))


def test_bomb_and_damage(convert, tmp_path):
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
