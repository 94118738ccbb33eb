"""Which files of an archive are the samples, in which order, and what their classes are called."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from openapi.datasets import DatasetMetadata
from openapi.text import visible
from workers.datasets.mask_folders import MaskFolders

IMAGES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".webp", ".avif", ".bmp", ".dib"),
        *(".tif", ".tiff", ".gif", ".ppm", ".pgm", ".pbm", ".pnm"),
    }
)

#: Names of folders and tables that are parts of a data set and no classes.
_SPLITS = (("train", "training"), ("test", "testing"), ("val", "valid", "validation", "dev", "eval"))


@dataclass
class Listing:
    """`order`: names of the sample's files; `classes`: as long. `empty`: classes without a sample. `masks`: files
    that a table names."""

    order: list[str]
    classes: list[str]
    empty: tuple[str, ...] = ()
    folders: bool = False
    warnings: list[str] = field(default_factory=list)
    masks: MaskFolders | None = None


def without_splits(metadata: DatasetMetadata) -> list[str]:
    """The note on a file that holds no splits, where one is asked for: that is a name then, and no choice.

    None is needed where it is a usual name: what somebody uploads as a file of its own is their test set indeed.
    """
    if metadata.split is None or split_of(metadata.split) is not None:
        return []
    return [
        f"the file holds no splits: all of it was read, and metadata.split {visible(metadata.split)!r} is what reports "
        "call it, no choice"
    ]


def split_of(name: str) -> str | None:
    """The split that a folder or table is called after, by its usual name: train, test or val."""
    word = PurePosixPath(name).stem.lower()
    return next((group[0] for group in _SPLITS if word in group), None)


def is_split(name: str, wanted: str | None) -> bool:
    """True when a folder or table is the split that the metadata asks for."""
    if wanted is None:
        return False
    word = PurePosixPath(name).stem.lower()
    return word == wanted.lower() or (split_of(name) is not None and split_of(name) == split_of(wanted))
