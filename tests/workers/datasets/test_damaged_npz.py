"""Files of arrays that were made to hurt, or are damaged: each is refused with a reason, before it costs anything."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openapi.problems import DatasetMalformed, DatasetRejected
from tests.workers.datasets.conftest import Convert
from workers.datasets.limits import DatasetLimits

RNG = np.random.default_rng(0)
Y = np.array([0, 2, 1, 2, 0, 1])
BYTES = RNG.integers(0, 256, (6, 3, 5, 7), dtype=np.uint8)


def header(shape: tuple[int, ...], dtype: str = "|u1") -> bytes:
    data = io.BytesIO()
    np.lib.format.write_array_header_1_0(data, {"descr": dtype, "fortran_order": False, "shape": shape})
    return data.getvalue()


def raw_npz(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return path


def npy(array: Any) -> bytes:
    data = io.BytesIO()
    np.save(data, array)
    return data.getvalue()


def test_pickle_in_an_array_is_never_loaded(convert: Convert, npz: Callable[..., Path], tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path(tmp_path / "sprung").write_text, ("!",))

    with pytest.raises(DatasetRejected, match=r"array 'x' holds pickled Python objects"):
        convert(npz(x=np.array([Trap()] * 6, dtype=object), y=Y))
    with pytest.raises(DatasetRejected, match=r"array 'y' holds pickled Python objects"):
        convert(npz(x=BYTES, y=np.array([Trap()] * 6, dtype=object)))
    assert not (tmp_path / "sprung").exists()


def test_huge_declared_shape_is_refused_before_allocation(convert: Convert, tmp_path: Path) -> None:
    path = raw_npz(tmp_path / "a.npz", x=header((10**6, 3, 10**6, 10**6)), y=npy(Y))
    with pytest.raises(DatasetMalformed, match=r"declares shape"):
        convert(path)
    path = raw_npz(tmp_path / "b.npz", x=header((6, 3, 2**40, 2**40)) + b"x", y=npy(Y))
    with pytest.raises(DatasetRejected):
        convert(path)
    path = raw_npz(tmp_path / "c.npz", x=npy(BYTES), y=header((6, 10**12)))
    with pytest.raises(DatasetRejected):
        convert(path)


def test_shape_that_disagrees_with_the_data(convert: Convert, tmp_path: Path) -> None:
    path = raw_npz(tmp_path / "a.npz", x=header((6, 3, 5, 7)) + b"\0" * 600, y=npy(Y))
    with pytest.raises(DatasetMalformed, match=r"630 bytes, but its data is 600 bytes"):
        convert(path)
    path = raw_npz(tmp_path / "b.npz", x=b"\x93NUMPY\x01\x00\xff\xff{", y=npy(Y))
    with pytest.raises(DatasetMalformed, match=r"array 'x' has no readable .npy header"):
        convert(path)
    path = raw_npz(tmp_path / "c.npz", x=header((-6, 3, 5, 7)) + b"\0" * 600, y=npy(Y))
    with pytest.raises(DatasetRejected, match=r"array 'x' has shape"):
        convert(path)


def test_a_header_that_does_not_end(convert: Convert, tmp_path: Path) -> None:
    """numpy takes it for Python 2's and reads it with another parser, which fails in another way."""
    broken = header((6, 3, 5, 7)).replace(b"(6", b"((")
    path = raw_npz(tmp_path / "a.npz", x=broken + b"\0" * 630, y=npy(Y))
    with pytest.raises(DatasetMalformed, match=r"array 'x' has no readable .npy header"):
        convert(path)


def test_an_unforeseen_failure_is_a_refusal(
    convert: Convert, npz: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("strange")

    monkeypatch.setattr("workers.datasets.npz.class_numbers", fail)
    with pytest.raises(DatasetMalformed, match="ZeroDivisionError: strange"):
        convert(npz(x=BYTES, y=Y))


def test_zip_bomb_is_refused(convert: Convert, tmp_path: Path) -> None:
    limits = DatasetLimits(ratio_floor=1 << 20)
    zeros = header((1000, 1, 64, 64)) + b"\0" * (1000 * 64 * 64)
    path = raw_npz(tmp_path / "bomb.npz", x=zeros, y=npy(np.zeros(1000, np.int64)))
    with pytest.raises(DatasetRejected, match=r"decompression bomb"):
        convert(path, limits)


def test_caps(convert: Convert, npz: Callable[..., Path]) -> None:
    path = npz(x=BYTES, y=Y)
    with pytest.raises(DatasetRejected, match=r"x holds 6 samples; at most 5"):
        convert(path, DatasetLimits(samples=5))
    with pytest.raises(DatasetRejected, match=r"630 bytes; at most 629"):
        convert(path, DatasetLimits(array_bytes=629))


def test_truncated_and_flipped_files(convert: Convert, npz: Callable[..., Path], tmp_path: Path) -> None:
    whole = npz(x=BYTES, y=Y).read_bytes()
    for cut in (0, 3, 40, len(whole) // 2, len(whole) - 5):
        (tmp_path / "cut.npz").write_bytes(whole[:cut])
        with pytest.raises(DatasetRejected):
            convert(tmp_path / "cut.npz")
    flipped = bytearray(whole)
    flipped[200] ^= 0xFF
    (tmp_path / "flipped.npz").write_bytes(flipped)
    with pytest.raises(DatasetMalformed, match=r"cannot be read"):
        convert(tmp_path / "flipped.npz")


def test_unknown_files_say_what_is_expected(convert: Convert, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"hello, world, this is no data set" * 20)
    with pytest.raises(DatasetRejected, match=r"expected \.npz"):
        convert(tmp_path / "a")
    (tmp_path / "b").write_bytes(npy(BYTES))
    with pytest.raises(DatasetRejected, match=r"single \.npy array"):
        convert(tmp_path / "b")
