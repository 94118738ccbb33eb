"""Examples and dual pairs that the shards kept, put together: one `.npz` an attack, streamed row by row."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from openapi.problems import JobFailed
from openapi.stages.places import Part, Place, Whose

#: A fixed date: equal arrays give equal bytes.
_DATE = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 20


def join_npz(paths: Sequence[Path], keys: Sequence[str], target: Path) -> None:
    """Concatenate the arrays `keys` of several `.npz` files along axis 0, in the order given, into `target`.

    Only a megabyte is in memory at a time. Raises `JobFailed` when the arrays do not fit together.
    """
    with ExitStack() as stack, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as out:
        archives = [stack.enter_context(zipfile.ZipFile(path)) for path in paths]
        for key in keys:
            with out.open(zipfile.ZipInfo(f"{key}.npy", _DATE), "w", force_zip64=True) as sink:
                _join(archives, key, sink)


def append_npz(target: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Add arrays to an `.npz` that is there."""
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED, allowZip64=True) as out:
        for key, array in arrays.items():
            with out.open(zipfile.ZipInfo(f"{key}.npy", _DATE), "w", force_zip64=True) as sink:
                np.lib.format.write_array(sink, np.ascontiguousarray(array), allow_pickle=False)


def _join(archives: Sequence[zipfile.ZipFile], key: str, sink: IO[bytes]) -> None:
    forms = []
    for archive in archives:
        with archive.open(f"{key}.npy") as stream:
            forms.append(read_header(stream))
    filled = [form for form in forms if form[0][0]] or forms[:1]
    shape, dtype = filled[0]
    if any(form[0][1:] != shape[1:] or form[1] != dtype for form in filled):
        raise JobFailed(f"the kept arrays {key!r} of the slices differ in shape or type")
    head = io.BytesIO()
    total = (sum(form[0][0] for form in filled), *shape[1:])
    np.lib.format.write_array_header_1_0(
        head, {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": total}
    )
    sink.write(head.getvalue())
    for archive, form in zip(archives, forms, strict=True):
        if form[0][0]:
            with archive.open(f"{key}.npy") as stream:
                read_header(stream)
                while piece := stream.read(_PIECE):
                    sink.write(piece)


def read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of the `.npy` array whose numbers follow in the stream. `JobFailed` for an order other than C."""
    np.lib.format.read_magic(stream)
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    if fortran and len(shape) > 1:
        raise JobFailed("kept arrays must be in C order")
    return shape, dtype


def slices_of(
    inputs: Mapping[str, Path], part: Part, attack: int | None = None, whose: Whose = Whose.BEFORE
) -> list[Path]:
    """The inputs that are this part of the results of all slices of a side, in the order of the slices."""
    places = ((Place.find(name), path) for name, path in inputs.items())
    found = {place.slice: path for place, path in places if place and place == Place(part, place.slice, attack, whose)}
    return [found[slice] for slice in sorted(found)]
