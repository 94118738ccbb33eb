"""Damaged files of every kind: each is accepted or refused with a reason, and nothing else ever happens."""

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from openapi.problems import DatasetRejected
from tests.workers.datasets.conftest import Convert, picture, shade, write_tar, write_zip

pytestmark = pytest.mark.slow

FOLDERS = {
    f"{c}/{i}.{kind.lower()}": picture(np.full((6, 6, 3), 9 * i), kind)
    for c in "ab"
    for i, kind in enumerate(("PNG", "JPEG", "WEBP", "AVIF", "BMP", "TIFF", "GIF", "PPM"))
}


def seeds(folder: Path) -> list[Path]:
    np.savez_compressed(folder / "a.npz", x=np.arange(600).astype(np.uint8).reshape(10, 3, 4, 5), y=np.arange(10) % 2)
    np.savez(folder / "b.npz", x=np.random.default_rng(0).random((6, 1, 5, 5)), y=np.arange(6) % 2)
    write_zip(folder / "c.zip", FOLDERS | {"labels.csv": b"file,label\na/0.png,1\nb/0.png,0\n"})
    write_zip(folder / "d.zip", FOLDERS)
    write_tar(folder / "e.tar", FOLDERS)
    companions = {f"{i}.png": shade(i) for i in range(4)} | {f"{i}.cls": b"%d" % (i % 2) for i in range(4)}
    write_tar(folder / "i.tar", companions)
    lines = b'{"file_name": "a/0.png", "label": "x"}\n'
    write_zip(folder / "j.zip", FOLDERS | {"metadata.jsonl": lines})
    write_zip(folder / "k.zip", FOLDERS | {"labels.csv": b"Image;cat;dog\na/0.png;1;0\nb/0.png;0;1\n"})
    np.savez(folder / "l.npz", x_test=np.arange(96).reshape(6, 4, 4), y_test=np.eye(2)[np.arange(6) % 2])
    pq.write_table(pa.table({"image": [[i] * 16 for i in range(20)], "label": [[1, 0]] * 20}), folder / "m.parquet")
    write_tar(folder / "f.tgz", FOLDERS, "w:gz")
    write_tar(folder / "g.txz", FOLDERS, "w:xz")
    rows = [{"bytes": shade(i), "path": None} for i in range(20)]
    pq.write_table(pa.table({"image": rows, "label": [i % 2 for i in range(20)]}), folder / "h.parquet")
    return sorted(folder.iterdir())


def mutated(original: bytes, rng: random.Random) -> bytes:
    data = bytearray(original)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(data))
        how = rng.randrange(5)
        if how == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif how == 1:
            data[at] = rng.choice((0, 0xFF, 0x7F, 0x80))
        elif how == 2:
            del data[at : at + rng.randrange(1, 40)]
        elif how == 3:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 40)))
        else:
            data[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\x00\x00\x00\x00"))
        if not data:
            return b"\0"
    return bytes(data)


@pytest.mark.parametrize("which", range(13))
def test_mutated_files(convert: Convert, tmp_path: Path, which: int) -> None:
    (tmp_path / "seeds").mkdir()
    seed = seeds(tmp_path / "seeds")[which].read_bytes()
    rng = random.Random(which)
    outcomes = {"taken": 0, "refused": 0}
    for _ in range(120):
        (tmp_path / "mutant").write_bytes(mutated(seed, rng))
        try:
            got = convert(tmp_path / "mutant")
        except DatasetRejected as error:
            outcomes["refused"] += 1
            assert len(str(error)) > 10  # noqa: PT017
        else:
            outcomes["taken"] += 1
            assert got.x.shape == (got.found.num_samples, *got.found.shape)
            assert len(got.y) == len(got.x)
    assert outcomes["refused"] > 20
