"""Archives of image files: a table or a file beside each image says the class, else its folder does."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetRejected
from openapi.text import counted
from workers.datasets.archives import Archive, open_archive
from workers.datasets.concept_masks import MASKS
from workers.datasets.decoded import Decoded
from workers.datasets.images import FORMAT_NAMES, Survey, write_images
from workers.datasets.labels import named_classes
from workers.datasets.limits import DatasetLimits
from workers.datasets.listing import IMAGES, Listing, is_split, split_of, without_splits
from workers.datasets.mask_columns import refuse_mask_columns
from workers.datasets.mask_folders import split_masks, write_mask_folders
from workers.datasets.tables import SUFFIXES, list_by_table
from workers.datasets.webdataset import is_label, list_by_companions

_OTHER_IMAGES = frozenset({".heic", ".heif", ".jp2", ".jxl", ".svg", ".dng", ".cr2", ".nef", ".dcm"})


def read_folders(
    path: Path, metadata: DatasetMetadata, x_path: Path, limits: DatasetLimits, progress: Callable[[int, int], None]
) -> Decoded:
    """Decode an archive of images; `x` is written to `x_path` as uint8 (n, c, h, w).

    With a table (`labels.csv`, `metadata.csv`, …) samples keep its order, with companions (`1.jpg`, `1.cls`) the
    archive's. Otherwise a file's class is its folder, and samples are ordered by the SHA-256 of their path: the same
    order every time, with the classes mixed, so that the first so many samples are a fair share of the whole.
    Masks lie in folders of their own (`mask_folders`), or where columns of the table say (`metadata.mask_columns`).
    """
    with open_archive(path, x_path.parent, limits) as archive:
        warnings: list[str] = []
        every = _image_names(archive, warnings)
        images, masks = (every, None) if metadata.mask_columns else split_masks(every)
        listing = (
            list_by_table(archive, images, metadata)
            or list_by_companions(archive, images, metadata)
            or list_by_folders(archive, images, metadata)
        )
        order = listing.order
        if listing.masks is None:
            refuse_mask_columns(metadata, "the archive")
        masks = masks or listing.masks
        if len(order) > limits.samples:
            raise DatasetRejected(f"the archive holds {len(order):,} images; at most {limits.samples:,} are accepted")
        classes = named_classes(
            listing.classes, metadata, limits, "class", empty=listing.empty, folders=listing.folders
        )

        def files() -> Iterator[tuple[str, bytes]]:
            for name in order:
                yield name, archive.read(name)

        survey = Survey(limits, metadata)
        for done, (name, data) in enumerate(files(), 1):
            survey.see(data, name)
            if done % 256 == 0:
                progress(done, 2 * len(order))
        plan = survey.plan()
        write_images(x_path, plan, len(order), files(), limits, lambda d, n: progress(n + d, 2 * n))
        if masks is not None:

            def decode(entry: str, image: str) -> npt.NDArray[np.bool_]:
                return plan.decode_mask(archive.read(entry), entry, archive.read(image), image, limits)

            write_mask_folders(masks, order, plan.shape[1:], x_path.with_name(MASKS), limits, decode)
    notes = [*warnings, *listing.warnings, *plan.notes]
    concepts = None if masks is None else masks.names
    return Decoded(len(order), plan.shape, "uint8", classes, plan.rule, plan.channels, notes, concepts)


def _image_names(archive: Archive, warnings: list[str]) -> list[str]:
    images, ignored = [], []
    for name in archive.files:
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in IMAGES:
            images.append(name)
        elif suffix in _OTHER_IMAGES:
            raise DatasetRejected(f"entry {name!r} is of a kind that is not supported; expected {FORMAT_NAMES} files")
        elif suffix not in SUFFIXES and suffix != ".json" and not is_label(name):
            ignored.append(name)
    if not images:
        raise DatasetRejected(f"the archive holds no {FORMAT_NAMES} images (nor arrays x.npy and y.npy)")
    if ignored:
        warnings.append(f"{counted(len(ignored), 'file')} ignored for being no image, such as {ignored[0]!r}")
    return images


def list_by_folders(archive: Archive, images: Sequence[str], metadata: DatasetMetadata) -> Listing:
    """Class = the folder right below the one that all images share: `cat/1.png`, `set/cat/1.png`, `cat/day 1/1.png`."""
    warnings: list[str] = []
    paths = {name: PurePosixPath(name).parts for name in images}
    root = _shared(list(paths.values()))
    splits = {parts[len(root)] for parts in paths.values() if len(parts) > len(root) + 1}
    if splits and all(split_of(name) or is_split(name, metadata.split) for name in splits):
        mine = [name for name in splits if len(splits) == 1 or is_split(name, metadata.split)]
        if len(mine) != 1:
            raise DatasetRejected(
                f"the archive holds the splits {', '.join(sorted(splits))}; upload one split at a time, or name one in "
                "metadata.split"
            )
        left = len(images)
        images = [name for name in images if paths[name][: len(root) + 1] == (*root, mine[0])]
        warnings.append(
            f"the folder {mine[0]!r} was read, and {counted(left - len(images), 'image')} of other splits left out"
        )
        root = _shared([paths[name] for name in images])
    elif named := [part for part in root if split_of(part)]:
        if metadata.split and not any(is_split(part, metadata.split) for part in root):
            raise DatasetRejected(f"metadata.split is {metadata.split!r}; the archive holds {', '.join(named)}")
    elif not any(is_split(part, metadata.split) for part in root):
        warnings += without_splits(metadata)
    inside = [name for name in images if len(paths[name]) > len(root) + 1]
    if not inside:  # all in one folder: it is the only class
        if not root or split_of(root[-1]):
            raise DatasetRejected(
                f"image {images[0]!r} lies in no class folder; expected 'class/{paths[images[0]][-1]}', or a table "
                "such as labels.csv (file,label)"
            )
        root, inside = root[:-1], list(images)
    elif len(inside) < len(images):
        stray = next(name for name in images if len(paths[name]) == len(root) + 1)
        warnings.append(f"{counted(len(images) - len(inside), 'image')} in no class folder left out, such as {stray!r}")
    deep = [name for name in inside if len(paths[name]) > len(root) + 2]
    if deep:
        warnings.append(f"{counted(len(deep), 'image')} in folders below their class's folder, such as {deep[0]!r}")
    order = sorted(inside, key=lambda name: hashlib.sha256(name.encode()).digest())
    empty = _empty_folders(archive, root)
    if empty:
        warnings.append(
            f"the class folders {', '.join(map(repr, empty[:10]))} hold no image; their labels are kept free"
        )
    classes = [paths[name][len(root)] for name in order]
    return Listing(order, classes, tuple(empty), True, warnings)


def _shared(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The deepest folder that holds all files."""
    first, last = min(p[:-1] for p in paths), max(p[:-1] for p in paths)
    depth = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:depth]


def _empty_folders(archive: Archive, root: tuple[str, ...]) -> list[str]:
    """Folders beside the class folders that hold nothing at all."""
    used = {PurePosixPath(name).parts[: len(root) + 1] for name in archive.files}
    folders = {PurePosixPath(name).parts for name in archive.folders}
    return sorted(
        parts[-1] for parts in folders if len(parts) == len(root) + 1 and parts[:-1] == root and parts not in used
    )
