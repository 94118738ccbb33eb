"""WebDataset archives: `0001.jpg` and `0001.cls` (or `0001.json`) are one sample."""

import json
from collections.abc import Sequence

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.archives import Archive
from workers.datasets.listing import Listing, without_splits
from workers.datasets.tables import LABEL_COLUMNS

_LABELS = ("cls", "cls.txt", "label", "label.txt")


def list_by_companions(archive: Archive, images: Sequence[str], metadata: DatasetMetadata) -> Listing | None:
    """Return the samples in the archive's order; None when no label lies beside the images.

    Raises `DatasetRejected` for an image without a label.
    """
    found: dict[str, str] = {}
    described: dict[str, str] = {}
    for name in archive.files:
        key, extension = _split(name)
        if extension in _LABELS:
            found[key] = name
        elif extension == "json":
            described[key] = name
    keys = [_split(name)[0] for name in images]
    if not any(key in found for key in keys):
        flat = len({name.rpartition("/")[0] for name in images}) == 1
        if not flat or not all(key in described for key in keys):
            return None
        told = [_described(archive, described[key]) for key in keys]
        return Listing(list(images), told, warnings=without_splits(metadata))
    classes = []
    for name, key in zip(images, keys, strict=True):
        if key not in found:
            raise DatasetRejected(f"image {name!r} has no label beside it; expected {key + '.cls'!r}")
        classes.append(_text(archive, found[key]))
    return Listing(list(images), classes, warnings=without_splits(metadata))


def is_label(name: str) -> bool:
    """True for a file that holds the label of the image beside it."""
    return _split(name)[1] in _LABELS


def _split(name: str) -> tuple[str, str]:
    """Key and extension as WebDataset cuts them: at the first dot of the file's name."""
    folder, slash, file = name.rpartition("/")
    stem, _, extension = file.partition(".")
    return folder + slash + stem, extension.lower()


def _text(archive: Archive, name: str) -> str:
    if archive.files[name] > 1000:
        raise DatasetRejected(f"entry {name!r} is {archive.files[name]:,} bytes; expected one class number or name")
    try:
        text = archive.read(name).decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise DatasetMalformed(f"entry {name!r} is no text: {error}") from error
    if not text:
        raise DatasetRejected(f"entry {name!r} is empty; expected one class number or name")
    return text


def _described(archive: Archive, name: str) -> str:
    try:
        content = json.loads(archive.read(name))
    except (ValueError, RecursionError) as error:
        raise DatasetMalformed(f"entry {name!r} is not JSON: {error}") from error
    values = content if isinstance(content, dict) else {}
    for key in LABEL_COLUMNS:
        if isinstance(values.get(key), str | int) and str(values[key]).strip():
            return str(values[key]).strip()
    raise DatasetRejected(f"entry {name!r} has no label; expected one of the keys {', '.join(LABEL_COLUMNS)}")
