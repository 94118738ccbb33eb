"""Labels: numbers or names of any file → class numbers from 0, with the rules that hold whatever the file was."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetRejected
from openapi.spelling import clean_name, find_names, letters, misnamed
from openapi.text import counted
from workers.datasets.limits import DatasetLimits

Labels = npt.NDArray[np.int64]

_WHOLE = re.compile(r"([0-9]{1,6})(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?")


@dataclass
class Classes:
    """The labels of a set, (n,) class numbers, and where they come from (see `DatasetInspection`)."""

    y: Labels
    names: tuple[str, ...] | None = None
    source: Literal["number", "name", "given"] = "number"
    numbered: tuple[str, ...] | None = None
    warnings: list[str] = field(default_factory=list)


def one_hot(shape: tuple[int, ...]) -> bool:
    """True for the shape of one row of scores a sample: (n, K) with K > 1."""
    return len(shape) == 2 and shape[1] > 1


def check_label_shape(shape: tuple[int, ...], n: int, where: str = "y") -> None:
    """Refuse an array of labels that is not (n,), (n, 1) or one-hot (n, K)."""
    if len(shape) > 2:
        raise DatasetRejected(f"{where} has shape {shape}; expected ({n},), one class number a sample")
    if shape[0] != n:
        raise DatasetRejected(
            f"{where} holds {counted(shape[0], 'label')} for {counted(n, 'image')} in x; the lengths must be equal"
        )


def class_numbers(
    values: npt.NDArray[Any], n: int, metadata: DatasetMetadata, limits: DatasetLimits, where: str = "y"
) -> Classes:
    """Check an array of labels (whole numbers, booleans, one-hot rows or texts) and return it as class numbers (n,).

    Raises `DatasetRejected` for a wrong shape, labels that are not whole, negative, or beyond the cap on classes.
    """
    check_label_shape(values.shape, n, where)
    if one_hot(values.shape):
        return Classes(
            _places_of_ones(values, limits, where),
            warnings=[f"{where} holds one-hot rows; the place of the 1 is the label"],
        )
    values = values.reshape(n)
    if values.dtype.kind in "US":
        texts = values.astype("U") if values.dtype.kind == "U" else np.char.decode(values, "utf-8", "replace")
        return named_classes(texts.tolist(), metadata, limits, f"{where}: class")
    if metadata.label_order == "text":
        raise DatasetRejected(f'"label_order": "text" is for class names; {where} holds numbers')
    return Classes(_counted_from(whole_labels(values, limits, where), metadata, where))


def whole_labels(values: npt.NDArray[Any], limits: DatasetLimits, where: str = "y") -> Labels:
    """Check labels (n,) and return them as int64."""
    if values.dtype.kind == "f":
        whole = np.isfinite(values) & (values == np.floor(values))
        if not whole.all():
            i = int(np.argmin(whole))
            raise DatasetRejected(f"{where}[{i}] is {values[i]}; labels are whole class numbers from 0")
    low, high = int(np.argmin(values)), int(np.argmax(values))
    if values[low] < 0:
        raise DatasetRejected(
            f"{where}[{low}] is {int(values[low])}; labels are class numbers from 0 up, never negative"
        )
    if values[high] >= limits.classes:
        raise DatasetRejected(
            f"{where}[{high}] is {int(values[high])}; labels must be below {limits.classes:,}, and are counted from 0"
        )
    return values.astype(np.int64)


def _counted_from(y: Labels, metadata: DatasetMetadata, where: str) -> Labels:
    if metadata.label_order != "one_based":
        return y
    if y.min() < 1:
        raise DatasetRejected(
            f'{where}[{int(np.argmin(y))}] is 0, but "label_order": "one_based" says that labels are counted from 1'
        )
    return y - 1


def _places_of_ones(rows: npt.NDArray[Any], limits: DatasetLimits, where: str) -> Labels:
    if rows.shape[1] > limits.classes:
        raise DatasetRejected(f"{where} has shape {rows.shape}; at most {limits.classes:,} classes are accepted")
    good = ((rows == 0) | (rows == 1)).all(axis=1) & (rows.sum(axis=1) == 1) if rows.dtype.kind in "buif" else None
    if good is None or not good.all():
        i = 0 if good is None else int(np.argmin(good))
        several = good is not None and bool(np.isin(rows[i], (0, 1)).all()) and rows[i].sum() > 1
        hint = (
            "several labels a picture are not supported"
            if several
            else "soft labels and scores are not supported; for the likeliest class save y.argmax(axis=1)"
        )
        raise DatasetRejected(
            f"{where} has shape {rows.shape}, but row {i} is not one-hot (a single 1, else 0): {hint}"
        )
    places: Labels = rows.argmax(axis=1).astype(np.int64)
    return places


def check_names(names: Sequence[str], where: str) -> tuple[str, ...]:
    """Refuse class names that are empty, huge, repeated or hold control characters."""
    if (wrong := misnamed(names)) is not None:
        i, detail = wrong
        raise DatasetRejected(f"{where}{'' if i is None else f'[{i}]'} {detail}")
    return tuple(names)


def named_classes(
    values: Sequence[str],
    metadata: DatasetMetadata,
    limits: DatasetLimits,
    what: str,
    empty: Sequence[str] = (),
    folders: bool = False,
) -> Classes:
    """Turn class names into numbers: places in `metadata.labels`, else numbers that the names are, else alphabetical.

    empty: names of classes without a sample. folders: numbers are names of folders, whose text order counts too.
    """
    cleaned = [clean_name(value) for value in values]
    distinct = sorted({*cleaned, *(clean_name(name) for name in empty)})
    if (wrong := misnamed(distinct)) is not None and wrong[0] is not None:
        name = distinct[wrong[0]]  # told by the sample, since the order of names is ours
        raise DatasetRejected(f"{what}{f' of sample {cleaned.index(name)}' if name in cleaned else ''} {wrong[1]}")
    check_names(metadata.labels or (), "metadata.labels")
    whole = [_WHOLE.fullmatch(name) for name in distinct]
    numbers = {name: int(m[1]) for name, m in zip(distinct, whole, strict=True) if m}
    if metadata.labels is not None and metadata.label_order != "text":
        placed = find_names(distinct, metadata.labels)
        lost = [name for name in distinct if name not in placed]
        if not lost:
            return _classes([placed[v] for v in cleaned], metadata.labels, _respelt(placed, metadata.labels))
        if len(numbers) < len(distinct):
            raise DatasetRejected(
                f"{what} {lost[0][:80]!r} is not among metadata.labels ({', '.join(metadata.labels[:10])} …)"
            )
    if len(numbers) == len(distinct):
        return _numbered([numbers[v] for v in cleaned], numbers, metadata, limits, what, folders)
    if not folders and all(_NUMBER.fullmatch(name) for name in distinct):
        part = next(name for name in distinct if name not in numbers)
        raise DatasetRejected(f"{what} holds numbers such as {part}; labels are names, or whole numbers from 0")
    places = {name: i for i, name in enumerate(distinct)}
    warnings = []
    if alike := _alike(distinct):
        warnings.append(
            f"class names that differ in case or spacing alone are told apart: {', '.join(map(repr, alike[0]))}"
        )
    if len(distinct) > limits.classes:
        raise DatasetRejected(f"{what}: {len(distinct):,} names; at most {limits.classes:,} are accepted")
    y = np.array([places[v] for v in cleaned], dtype=np.int64)
    return Classes(y, tuple(distinct), "name", warnings=warnings)


def _classes(numbers: list[int], names: tuple[str, ...], warnings: list[str]) -> Classes:
    return Classes(np.array(numbers, dtype=np.int64), names, "given", warnings=warnings)


def _respelt(placed: dict[str, int], given: tuple[str, ...]) -> list[str]:
    loosely = [f"{name!r} is {given[i]!r}" for name, i in placed.items() if name != clean_name(given[i])]
    return [f"class names are spelt differently in metadata.labels: {'; '.join(loosely[:5])}"] if loosely else []


def _numbered(
    values: list[int],
    numbers: dict[str, int],
    metadata: DatasetMetadata,
    limits: DatasetLimits,
    what: str,
    folders: bool,
) -> Classes:
    times = Counter(numbers.values())
    twice = [name for name, number in numbers.items() if times[number] > 1] if folders else []
    if twice:
        raise DatasetRejected(f"{what} names {' and '.join(map(repr, twice[:2]))} are the same number; rename one")
    y = _counted_from(whole_labels(np.array(values, dtype=np.int64), limits, what), metadata, what)
    if metadata.label_order == "text" and not folders:
        raise DatasetRejected(f'"label_order": "text" is for class names and folders; {what} names are numbers')
    # names that the caller gives to numbers settle their order, as `label_order` does
    open_order = folders and metadata.labels is None and metadata.label_order in (None, "text")
    return Classes(y, numbered=tuple(sorted(numbers)) if open_order else None)


def _alike(names: Sequence[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(letters(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]
