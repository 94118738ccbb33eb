"""Archives of image files: a folder a class, or a `labels.csv` beside the images."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.archives import Archive, open_archive
from workers.datasets.decoded import Decoded, check_names, whole_labels
from workers.datasets.images import Survey, named_labels, write_images
from workers.datasets.limits import DatasetLimits

_IMAGES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_OTHER_IMAGES = frozenset({".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif", ".jp2", ".ppm", ".pgm", ".svg"})


def read_folders(
    path: Path, metadata: DatasetMetadata, x_path: Path, limits: DatasetLimits, progress: Callable[[int, int], None]
) -> Decoded:
    """Decode an archive of images; `x` is written to `x_path` as uint8 (n, c, h, w).

    With a `labels.csv` (header ``file,label``) samples keep its order. Otherwise a file's class is its folder, and
    samples are ordered by the SHA-256 of their path: the same order every time, with the classes mixed, so that the
    first so many samples are a fair share of the whole.
    """
    with open_archive(path, x_path.parent, limits) as archive:
        warnings: list[str] = []
        images = _image_names(archive, warnings)
        table = [name for name in archive.files if PurePosixPath(name).name == "labels.csv"]
        if len(table) > 1:
            raise DatasetRejected(f"the archive holds {len(table)} files called labels.csv: {', '.join(table[:3])}")
        if table:
            order, classes = _from_table(archive, table[0], images, warnings)
        else:
            order, classes = _from_folders(images)
        check_names(sorted(set(classes)), "class")
        values, names = named_labels(classes, metadata.labels, "class")
        if len(order) > limits.samples:
            raise DatasetRejected(f"the archive holds {len(order):,} images; at most {limits.samples:,} are accepted")
        y = whole_labels(values, len(order), limits, "the labels")

        def files() -> Iterator[tuple[str, bytes]]:
            for name in order:
                yield name, archive.read(name)

        survey = Survey(limits)
        for done, (name, data) in enumerate(files(), 1):
            survey.see(data, name)
            if done % 256 == 0:
                progress(done, 2 * len(order))
        plan = survey.plan(metadata)
        write_images(x_path, plan, len(order), files(), limits, lambda d, n: progress(n + d, 2 * n))
    return Decoded(len(order), plan.shape, "uint8", y, names, plan.rule, [*warnings, *plan.notes])


def _image_names(archive: Archive, warnings: list[str]) -> list[str]:
    images, ignored = [], []
    for name in archive.files:
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in _IMAGES:
            images.append(name)
        elif suffix in _OTHER_IMAGES:
            raise DatasetRejected(
                f"entry {name!r} is of a kind that is not supported; expected JPEG, PNG or WebP files"
            )
        elif PurePosixPath(name).name != "labels.csv":
            ignored.append(name)
    if not images:
        raise DatasetRejected("the archive holds no JPEG, PNG or WebP images (nor arrays x.npy and y.npy)")
    if ignored:
        warnings.append(f"{len(ignored)} files that are no images were ignored, such as {ignored[0]!r}")
    return images


def _from_folders(images: list[str]) -> tuple[list[str], list[str]]:
    """Class = parent folder. All images must lie in sibling folders: `cat/1.png`, or `set/cat/1.png` throughout."""
    parents = {name: PurePosixPath(name).parent for name in images}
    bare = next((name for name, parent in parents.items() if not parent.parts), None)
    if bare is not None:
        raise DatasetRejected(f"image {bare!r} lies in no class folder; expected 'class/{bare}', or a labels.csv")
    roots = {parent.parent: name for name, parent in parents.items()}
    if len(roots) > 1:
        (a, first), (b, second) = list(roots.items())[:2]
        raise DatasetRejected(
            f"class folders must be siblings, but {first!r} lies under {str(a)!r} and {second!r} under {str(b)!r}; "
            "upload one split at a time"
        )
    order = sorted(images, key=lambda name: hashlib.sha256(name.encode()).digest())
    return order, [parents[name].name for name in order]


def _from_table(archive: Archive, table: str, images: list[str], warnings: list[str]) -> tuple[list[str], list[str]]:
    try:
        rows = list(csv.DictReader(io.StringIO(archive.read(table).decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetMalformed(f"{table!r} is not a UTF-8 CSV file: {error}") from error
    if not rows:
        raise DatasetRejected(f"{table!r} has no rows; expected a header file,label and one row an image")
    file_key = next((k for k in ("file", "filename", "file_name", "image", "path") if k in rows[0]), None)
    if file_key is None or "label" not in rows[0]:
        columns = ", ".join(str(k) for k in rows[0])
        raise DatasetRejected(f"{table!r} has the columns {columns[:200]}; expected file and label")
    root = PurePosixPath(table).parent
    known, order, classes = set(images), [], []
    for line, row in enumerate(rows, 2):
        listed, label = row[file_key], row["label"]
        if not listed or not label:
            raise DatasetRejected(f"{table!r}, line {line}: file or label is empty")
        name = str(root / listed)
        if name not in known:
            raise DatasetRejected(f"{table!r}, line {line}: the archive holds no image {name[:120]!r}")
        order.append(name)
        classes.append(label.strip())
    (twice, times) = Counter(order).most_common(1)[0]
    if times > 1:
        raise DatasetRejected(f"{table!r} lists {twice!r} twice")
    if len(known) > len(order):
        warnings.append(f"{len(known) - len(order)} images are not listed in {table!r} and were left out")
    return order, classes
