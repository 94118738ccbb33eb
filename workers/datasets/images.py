"""Image files by Pillow: the header first, limits, then the pixels; one size and one number of channels for the set."""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.limits import DatasetLimits
from workers.datasets.npy import NpyWriter

FORMATS = ("JPEG", "PNG", "WEBP")
_ORIENTATION = 0x0112
_GREY = frozenset({"1", "L"})
_COLOUR = frozenset({"RGB", "RGBA", "RGBX", "P", "PA", "LA", "La", "RGBa", "CMYK", "YCbCr"})


@contextmanager
def _opened(data: bytes, name: str, limits: DatasetLimits) -> Iterator[Image.Image]:
    """Open one image file; whatever goes wrong is a `DatasetRejected` that names the entry."""
    if len(data) > limits.entry_bytes:
        raise DatasetRejected(f"image {name!r} is {len(data):,} bytes; at most {limits.entry_bytes:,} are accepted")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damaged metadata and of sizes that are judged here
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                yield image
    except UnidentifiedImageError as error:
        raise DatasetRejected(f"{name!r} is not a JPEG, PNG or WebP image") from error
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError) as error:
        raise DatasetMalformed(f"image {name!r} cannot be decoded: {error}") from error


class Survey:
    """What the headers of all image files say; decides size and channels before one pixel is decoded."""

    def __init__(self, limits: DatasetLimits) -> None:
        self.limits = limits
        self.sizes: dict[tuple[int, int], str] = {}  # (height, width) → the first entry that has it
        self.grey, self.turned, self.count = True, 0, 0

    def see(self, data: bytes, name: str) -> None:
        """Read one header."""
        with _opened(data, name, self.limits) as image:
            width, height = image.size
            if width * height > self.limits.image_pixels:
                raise DatasetRejected(
                    f"image {name!r} is {width} × {height} pixels; at most {self.limits.image_pixels:,} are accepted"
                )
            if getattr(image, "n_frames", 1) != 1:
                raise DatasetRejected(f"image {name!r} is animated; expected one picture a file")
            if image.mode not in _GREY | _COLOUR:
                raise DatasetRejected(
                    f"image {name!r} has {image.mode!r} pixels; expected 8 bits a channel, grey or colour"
                )
            self.grey = self.grey and image.mode in _GREY
            self.turned += image.getexif().get(_ORIENTATION, 1) != 1
        if len(self.sizes) < 16:
            self.sizes.setdefault((height, width), name)
        self.count += 1

    def plan(self, metadata: DatasetMetadata) -> "Plan":
        """Return the common form; raises `DatasetRejected` when sizes differ and no `resize` was given."""
        found = list(self.sizes.items())
        if metadata.resize is None and len(found) > 1:
            (h, w), first = found[0]
            (other_h, other_w), other = found[1]
            raise DatasetRejected(
                f"images differ in size: {first!r} is {h} × {w} (height × width) and {other!r} is "
                f"{other_h} × {other_w}; set metadata.resize to [height, width]"
            )
        height, width = metadata.resize or found[0][0]
        if height < 1 or width < 1 or height * width > self.limits.image_pixels:
            raise DatasetRejected(f"metadata.resize is [{height}, {width}]; expected a sensible height and width")
        shape = (1 if self.grey else 3, height, width)
        self.limits.check_array("x", self.count, shape, 1)
        rule = "none"
        if metadata.resize is not None and set(self.sizes) != {(height, width)}:
            rule = (
                f"every image that is not {height} × {width} (height × width) already is resized to it with Pillow's "
                "bilinear filter (antialiased); the aspect ratio is not kept and nothing is cropped"
            )
        notes = []
        if self.turned:
            notes.append(
                f"{self.turned} images carry an EXIF orientation, which is ignored: pixels are taken as stored"
            )
        return Plan(shape, rule, notes)


class Plan:
    """The form that every image is brought to: `shape` (c, h, w), the resizing rule in words, and notes."""

    def __init__(self, shape: tuple[int, int, int], rule: str, notes: list[str]) -> None:
        self.shape, self.rule, self.notes = shape, rule, notes

    def decode(self, data: bytes, name: str, limits: DatasetLimits) -> npt.NDArray[np.uint8]:
        """Decode one image to uint8 (c, h, w); grey for one channel, RGB for three, alpha is dropped."""
        c, height, width = self.shape
        with _opened(data, name, limits) as image:
            if image.width * image.height > limits.image_pixels:
                raise DatasetRejected(f"image {name!r} is {image.width} × {image.height} pixels, which is too large")
            plain = image.convert("L" if c == 1 else "RGB")
        if plain.size != (width, height):
            plain = plain.resize((width, height), Image.Resampling.BILINEAR)
        pixels = np.asarray(plain, dtype=np.uint8)
        return pixels[None] if c == 1 else pixels.transpose(2, 0, 1)


def write_images(
    x_path: Path,
    plan: Plan,
    n: int,
    files: Iterable[tuple[str, bytes]],
    limits: DatasetLimits,
    progress: Callable[[int, int], None],
) -> None:
    """Decode `n` image files, given as (name, bytes) in sample order, into `x_path`."""
    with NpyWriter(x_path, (n, *plan.shape), "uint8") as writer:
        for done, (name, data) in enumerate(files, 1):
            writer.write(plan.decode(data, name, limits)[None])
            if done % 64 == 0 or done == n:
                progress(done, n)


def named_labels(
    values: Sequence[str], given: tuple[str, ...] | None, what: str
) -> tuple[npt.NDArray[np.int64], tuple[str, ...] | None]:
    """Turn class names into numbers.

    Names that are all whole numbers are the labels themselves. Otherwise a name's label is its place in
    `metadata.labels`, or, without that, its place among the sorted names. Returns the labels and the class names.
    """
    distinct = sorted(set(values))
    if given is not None and set(distinct) <= set(given):
        number = {name: i for i, name in enumerate(given)}
        return np.array([number[v] for v in values], dtype=np.int64), given
    if all(name.isascii() and name.isdigit() and len(name) < 7 for name in distinct):
        return np.array([int(v) for v in values], dtype=np.int64), None
    if given is not None:
        unknown = next(name for name in distinct if name not in given)
        raise DatasetRejected(f"{what} {unknown[:80]!r} is not among metadata.labels ({', '.join(given[:10])} …)")
    number = {name: i for i, name in enumerate(distinct)}
    return np.array([number[v] for v in values], dtype=np.int64), tuple(distinct)
