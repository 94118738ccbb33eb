"""Masks in an archive of images: ``masks/CONCEPT/PATH.png`` marks the concept in the image ``PATH.jpg``.

The folder may be written `Masks` or `MASKS`.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from openapi.problems import DatasetRejected
from workers.datasets.concept_masks import check_names
from workers.datasets.limits import DatasetLimits
from workers.datasets.npy import NpyWriter

FOLDER = "masks"


@dataclass(frozen=True)
class MaskFolders:
    """`names`: the concepts, in alphabetical order; `entries`: image → concept's number → the file of its mask."""

    names: tuple[str, ...]
    entries: Mapping[str, Mapping[int, str]]


def split_masks(images: Sequence[str]) -> tuple[list[str], MaskFolders | None]:
    """Tell masks from images by their folder; None where there are none.

    The path of a mask below its concept, without the ending, is the end of its image's path: `masks/ear/cat/1.png` is
    of `cat/1.jpg` and of `images/cat/1.jpg`. An image without a file for a concept does not show it. A class may be
    called `masks` where its files lie right in its folder, or where the folder is not beside all images and none of its
    files goes with an image elsewhere. Raises `DatasetRejected` for a mask of no image, or of several.
    """
    inside = {name: found for name in images if (found := _place(name)) is not None}
    if not inside:
        return list(images), None
    plain = [name for name in images if name not in inside]
    ends = _ends(plain)
    if not any(key in ends for _, key in inside.values()):
        _refuse_masks_of_nothing(inside, plain)
        return list(images), None
    names = tuple(sorted({concept for concept, _ in inside.values()}))
    check_names(names, len(names), f"{FOLDER}/")
    number = {name: i for i, name in enumerate(names)}
    entries: dict[str, dict[int, str]] = {}
    for name, (concept, key) in inside.items():
        of = ends.get(key, ())
        if len(of) != 1:
            what = "the mask of no image" if not of else f"the mask of several images, such as {of[0]!r} and {of[1]!r}"
            raise DatasetRejected(f"{name!r} is {what}; {_expected(concept, plain)}")
        mine = entries.setdefault(of[0], {})
        if number[concept] in mine:
            raise DatasetRejected(f"{name!r} and {mine[number[concept]]!r} are masks of the same concept and image")
        mine[number[concept]] = name
    return plain, MaskFolders(names, entries)


#: (entry of the mask, entry of its image) → (h, w) bool.
Decode = Callable[[str, str], npt.NDArray[np.bool_]]


def write_mask_folders(
    masks: MaskFolders,
    order: Sequence[str],
    shape: tuple[int, int],
    target: Path,
    limits: DatasetLimits,
    decode: Decode,
) -> None:
    """Write (n, concepts, h, w) bool for the images in `order`."""
    limits.check_array(FOLDER, len(order), (len(masks.names), *shape), 1)
    with NpyWriter(target, (len(order), len(masks.names), *shape), np.bool_) as sink:
        for image in order:
            rows = np.zeros((1, len(masks.names), *shape), np.bool_)
            for concept, entry in masks.entries.get(image, {}).items():
                rows[0, concept] = decode(entry, image)
            sink.write(rows)


def _place(name: str) -> tuple[str, tuple[str, ...]] | None:
    """(concept, the path below it without the ending) of a file in a folder of masks."""
    parts = (*PurePosixPath(name).parts[:-1], PurePosixPath(name).stem)
    at = _folder_at(name)
    return None if at is None else (parts[at + 1], parts[at + 2 :])


def _folder_at(name: str) -> int | None:
    """Where in the path of a file the folder of masks is, with a concept's folder below it."""
    folders = [part.lower() for part in PurePosixPath(name).parts[:-2]]
    return folders.index(FOLDER) if FOLDER in folders else None


def _refuse_masks_of_nothing(inside: Collection[str], plain: Sequence[str]) -> None:
    """Raise `DatasetRejected` where a folder of masks lies beside all images and marks none of them."""
    if not plain:
        return
    top = len(PurePosixPath(os.path.commonpath([*inside, *plain])).parts)
    for name in inside:
        if _folder_at(name) == top:
            folder = PurePosixPath(name).parts[top]
            raise DatasetRejected(
                f"{name!r} is the mask of no image; {_expected(PurePosixPath(name).parts[top + 1], plain)}. Where "
                f"{folder!r} is a class, call the folder something else, or leave no folders below it"
            )


def _expected(concept: str, plain: Sequence[str]) -> str:
    return (
        f"masks lie in {FOLDER}/CONCEPT/ under the path of their image, e.g. {FOLDER}/{concept}/{_stem(plain[0])}.png"
    )


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))


def _ends(images: Sequence[str]) -> dict[tuple[str, ...], list[str]]:
    """Every end of the images' paths → at most two images that have it."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in images:
        parts = PurePosixPath(_stem(name)).parts
        for begin in range(len(parts)):
            there = found.setdefault(parts[begin:], [])
            if len(there) < 2:
                there.append(name)
    return found
