"""`.npz` with an array of images and one of labels: headers first, then the rows as they unpack."""

import math
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from openapi.spelling import LONGEST_NAME
from openapi.text import counted
from workers.datasets.concept_masks import MASKS, ConceptMasks, has_masks
from workers.datasets.decoded import Decoded
from workers.datasets.labels import Classes, check_label_shape, class_numbers
from workers.datasets.limits import DatasetLimits
from workers.datasets.listing import is_split, split_of, without_splits
from workers.datasets.mask_columns import refuse_mask_columns
from workers.datasets.npy import NpyHeader, read_header, read_rows
from workers.datasets.pixels import PixelSink, image_layout, layout_notes, to_nchw
from workers.datasets.reshape import reshaped
from workers.zips import ZIP_ERRORS

#: Names that pairs of images and labels go by, in order of preference; lower case.
_PAIRS = (
    *(("x", "y"), ("images", "labels"), ("image", "label"), ("data", "labels"), ("data", "label"), ("data", "targets")),
    *(("data", "target"), ("inputs", "targets"), ("inputs", "labels"), ("features", "labels"), ("x", "labels")),
    *(("imgs", "labels"), ("pixels", "labels"), ("arr_0", "arr_1")),
)
_SPLITS = ("test", "val", "train")  # held-out data first: an audit is of data that the model has not seen


def is_npz(path: Path) -> bool:
    """True for a zip whose members are `.npy` arrays at its root."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") and "/" not in name for name in archive.namelist())
    except ZIP_ERRORS:
        return False


def read_npz(
    path: Path, metadata: DatasetMetadata, x_path: Path, limits: DatasetLimits, progress: Callable[[int, int], None]
) -> Decoded:
    """Decode an `.npz`; `x` is written to `x_path` as uint8 or float32 (n, c, h, w), masks beside it.

    Raises `DatasetMalformed` for damage, `DatasetRejected` naming the array, its shape and what was expected.
    """
    refuse_mask_columns(metadata, "the .npz")
    try:
        with zipfile.ZipFile(path) as archive:
            x, y, warnings = _pair(_keys(archive), lambda key: _check_member(archive, key, limits), metadata)
            y_head, x_head = _check_member(archive, y, limits, text=True), _check_member(archive, x, limits)
            layout, shape = image_layout(x_head.shape, metadata.layout)
            n = x_head.shape[0]
            limits.check_array(x, n, shape, 4 if x_head.dtype.kind == "f" else 1)
            if y_head.shape[0] != n:
                raise DatasetRejected(
                    f"{x} has shape {x_head.shape} and {y} has shape {y_head.shape}: {counted(n, 'image')} but "
                    f"{counted(y_head.shape[0], 'label')}"
                )
            classes = _labels(archive, y, y_head, n, metadata, limits)
            with PixelSink(x_path, n, shape, x_head.dtype) as sink, archive.open(f"{x}.npy") as stream:
                for part in read_rows(stream, read_header(stream, x), x):
                    sink.write(to_nchw(part, layout, shape))
                    progress(sink.seen, n)
                stream.read(1)  # the check sum is compared at the end of the member
            masks = ConceptMasks(path, limits) if has_masks(path) else None
            known = [f"{x}.npy", f"{y}.npy", *(masks.members if masks else ())]
            others = [m for m in archive.namelist() if m not in known]
    except ZIP_ERRORS as error:
        raise DatasetMalformed(f"the .npz cannot be read: {error}") from error
    warnings += [*layout_notes(x, x_head.shape, shape), *sink.warnings]
    if others:
        *first, last = [name.removesuffix(".npy") for name in known]
        read = f"{', '.join(first)} and {last}"
        warnings.append(f"only {read} are read; the file also holds {', '.join(sorted(others)[:8])}")
    decoded = reshaped(Decoded(n, shape, sink.dtype, classes, warnings=warnings), metadata, x_path, limits)
    if masks is not None:
        decoded.concepts = masks.write(x_path.with_name(MASKS), decoded.n, *decoded.shape[1:])
    return decoded


def _keys(archive: zipfile.ZipFile) -> list[str]:
    """The arrays' names."""
    keys = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy") and "/" not in name]
    key, times = Counter(keys).most_common(1)[0]
    if times > 1:
        raise DatasetRejected(f"the .npz holds {times} arrays called {key!r}")
    return keys


def _pair(
    keys: Sequence[str], head: Callable[[str], NpyHeader], metadata: DatasetMetadata
) -> tuple[str, str, list[str]]:
    """Choose the arrays of images and of labels: by name, of the wanted split, else the only two that go together."""
    found = _named_pairs(keys)
    if not found:
        x, y, notes = _larger_and_smaller(keys, head)
        return x, y, [*notes, *without_splits(metadata)]
    if len(found) == 1 or None in found:
        split = None if None in found else next(iter(found))
        if split is None:
            return *_in_order(found[split], head), without_splits(metadata)
        if metadata.split and not is_split(split, metadata.split):
            raise DatasetRejected(f"metadata.split is {metadata.split!r}; the .npz holds {split}")
        notes = [] if metadata.split else [f"the arrays of the split {split!r} were read"]
        return *_in_order(found[split], head), notes
    split = split_of(metadata.split) if metadata.split else next(name for name in _SPLITS if name in found)
    listed = ", ".join(map(str, found))
    if split not in found:
        raise DatasetRejected(f"metadata.split is {metadata.split!r}; the .npz holds {listed}")
    note = f"the .npz holds the splits {listed}; {split} was read (metadata.split chooses another)"
    return *_in_order(found[split], head), [] if metadata.split else [note]


def _named_pairs(keys: Sequence[str]) -> dict[str | None, tuple[str, str]]:
    """Split (None where names tell of none) → the names of images and labels."""
    plain: dict[tuple[str, str | None], str] = {}
    for key in keys:
        words = key.lower().split("_")
        split = next((split_of(word) for word in words if split_of(word)), None)
        plain.setdefault(("_".join(word for word in words if not split_of(word)), split), key)
    found: dict[str | None, tuple[str, str]] = {}
    for split in (None, *_SPLITS):
        pair = next(((x, y) for x, y in _PAIRS if (x, split) in plain and (y, split) in plain), None)
        if pair is not None:
            found[split] = plain[pair[0], split], plain[pair[1], split]
    return found


def _in_order(pair: tuple[str, str], head: Callable[[str], NpyHeader]) -> tuple[str, str]:
    """`numpy.savez(file, labels, images)` names its arrays by their places, whatever they hold."""
    x, y = pair
    swapped = x.lower() == "arr_0" and len(head(x).shape) < len(head(y).shape)
    return (y, x) if swapped else (x, y)


def _larger_and_smaller(keys: Sequence[str], head: Callable[[str], NpyHeader]) -> tuple[str, str, list[str]]:
    heads = {key: head(key) for key in keys} if len(keys) == 2 else {}
    sizes = {key: math.prod(found.shape[1:]) for key, found in heads.items()}
    if len({found.shape[0] for found in heads.values()}) == 1 and len(set(sizes.values())) == 2:
        y, x = sorted(sizes, key=lambda key: sizes[key])
        return x, y, [f"the larger array, {x}, was taken for the images, and {y} for the labels"]
    held = ", ".join(sorted(key[:60] for key in keys)[:10])
    wanted = [key for key in ("x", "y") if key not in keys]
    missing = f"no array {wanted[0]!r}" if len(wanted) == 1 else "no arrays that can be told to be images and labels"
    raise DatasetRejected(
        f"the .npz has {missing} (it holds: {held}); expected x and y, x_test and y_test, or images and labels"
    )


def _labels(
    archive: zipfile.ZipFile, key: str, head: NpyHeader, n: int, metadata: DatasetMetadata, limits: DatasetLimits
) -> Classes:
    check_label_shape(head.shape, n, key)
    if head.data_bytes > limits.label_bytes:
        hint = f"; class names are 1 to {LONGEST_NAME} printable characters" if head.dtype.kind in "US" else ""
        raise DatasetRejected(f"{key} has shape {head.shape} of {head.dtype}, which is too large for labels{hint}")
    with archive.open(f"{key}.npy") as stream:
        rows = list(read_rows(stream, read_header(stream, key, text=True), key))
    return class_numbers(np.concatenate(rows) if rows else np.empty(head.shape, head.dtype), n, metadata, limits, key)


def _check_member(archive: zipfile.ZipFile, key: str, limits: DatasetLimits, text: bool = False) -> NpyHeader:
    """Check one member's header against its size in the archive, before any of it is unpacked."""
    member = archive.getinfo(f"{key}.npy")
    if member.flag_bits & 1:
        raise DatasetRejected(f"array {key!r} is encrypted")
    with archive.open(member) as stream:
        header = read_header(stream, key, text=text)
    stated = member.file_size - header.offset
    if header.data_bytes != stated:
        raise DatasetMalformed(
            f"array {key!r} declares shape {header.shape} of {header.dtype}, {header.data_bytes:,} bytes, "
            f"but its data is {stated:,} bytes"
        )
    limits.check_ratio(member.filename, member.compress_size, member.file_size)
    return header
