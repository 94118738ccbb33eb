"""Image files by Pillow: the header first, limits, then the pixels; one size and one number of channels for the set."""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import AvifImagePlugin, Image, MpoImagePlugin, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from openapi.text import counted
from workers.datasets.limits import DatasetLimits
from workers.datasets.mistaken import what_it_is
from workers.datasets.npy import NpyWriter
from workers.datasets.resize import Resizer

#: A JPEG may turn out as MPO (phones and cameras with two lenses); of files with several pictures the first is read.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "DIB", "TIFF", "GIF", "PPM")
FORMAT_NAMES = "JPEG, PNG, WebP, AVIF, BMP, TIFF, GIF or PPM"

#: Pillow imports these when it meets such a file first; here they are there before the sandbox closes.
_PLUGINS = (AvifImagePlugin, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
#: By default its decoder starts a thread for each core, of which a worker has a few.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
_ORIENTATION = 0x0112
#: EXIF orientation → what turns the stored picture upright (1 is upright).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DEEP = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
#: No pixel of 14 bits or fewer is as bright.
_DARK = 2**14
_GREY = frozenset({"1", "L", "LA"}) | _DEEP
_COLOUR = frozenset({"RGB", "RGBA", "RGBX", "P", "PA", "RGBa", "CMYK", "YCbCr"})


@contextmanager
def _opened(data: bytes, name: str, limits: DatasetLimits) -> Iterator[Image.Image]:
    """Open one image file; whatever goes wrong is a `DatasetRejected` that names the entry."""
    if len(data) > limits.entry_bytes:
        raise DatasetRejected(f"image {name!r} is {len(data):,} bytes; at most {limits.entry_bytes:,} are accepted")
    if not data:
        raise DatasetRejected(f"image {name!r} is empty (0 bytes)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damaged metadata and of sizes that are judged here
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > limits.image_pixels:
                    raise DatasetRejected(
                        f"image {name!r} is {image.width} × {image.height} pixels; "
                        f"at most {limits.image_pixels:,} are accepted"
                    )
                yield image
    except UnidentifiedImageError as error:
        raise DatasetRejected(f"{name!r} is not a {FORMAT_NAMES} image{what_it_is(data)}") from error
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError) as error:
        raise DatasetMalformed(f"image {name!r} cannot be decoded: {error}") from error


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8, that is still to be applied; Pillow's TIFF reader has applied it itself."""
    if image.format == "TIFF":
        return 1
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # metadata alone is damaged: the picture counts as upright, as viewers show it
        return 1
    return found if found in range(1, 9) else 1


def _is_deep(image: Image.Image) -> bool:
    """16 bits a pixel; only a PPM of the kind `I` comes so far."""
    return image.mode in _DEEP or image.mode == "I"


def _is_grey(image: Image.Image) -> bool:
    if image.mode != "P" or image.palette is None:
        return image.mode in _GREY or (image.mode == "I" and image.format == "PPM")
    width = len(image.palette.rawmode or image.palette.mode)
    colours = np.frombuffer(bytes(image.palette.palette), np.uint8)
    if width not in (3, 4) or len(colours) % width:
        return False
    table = colours.reshape(-1, width)
    return bool((table[:, :1] == table[:, :3]).all())


class Survey:
    """What the headers of all image files say; decides size and channels before one pixel is decoded."""

    def __init__(self, limits: DatasetLimits, metadata: DatasetMetadata) -> None:
        self.limits = limits
        self.resizer = Resizer(metadata.resize) if metadata.resize is not None else None
        self.channels = metadata.channels
        self.sizes: dict[tuple[int, int], str] = {}  # (height, width) in the end → the first entry that has it
        self.count = self.grey = self.turned = self.several = self.clear = self.deep = self.padded = self.inks = 0
        self.resized = False

    def see(self, data: bytes, name: str) -> None:
        """Read one header."""
        with _opened(data, name, self.limits) as image:
            grey = _is_grey(image)
            if not grey and image.mode not in _COLOUR:
                raise DatasetRejected(
                    f"image {name!r} has pixels of the kind {image.mode!r}; expected 8 or 16 bits a channel, "
                    "grey or colour: save it as PNG or JPEG"
                )
            orientation = _orientation(image)
            self.grey += grey
            self.turned += orientation != 1
            self.inks += image.mode == "CMYK"
            self.deep += _is_deep(image)
            self.clear += image.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in image.info
            self.several += image.format != "MPO" and bool(getattr(image, "is_animated", False))
            size = (image.width, image.height) if orientation >= 5 else (image.height, image.width)
        final = self._final(size, name)
        if len(self.sizes) < 16:
            self.sizes.setdefault(final, name)
        self.count += 1

    def _final(self, size: tuple[int, int], name: str) -> tuple[int, int]:
        if self.resizer is None:
            return size
        self.resizer.check(size, name, self.limits.image_pixels)
        final = self.resizer.after(size)
        self.resized = self.resized or self.resizer.changes(size)
        self.padded += self.resizer.pads(size)
        return final

    def plan(self) -> "Plan":
        """Return the common form; raises `DatasetRejected` when sizes differ and no `resize` makes them equal."""
        found = list(self.sizes.items())
        if len(found) > 1:
            (h, w), first = found[0]
            (other_h, other_w), other = found[1]
            after = "" if self.resizer is None else " after metadata.resize"
            raise DatasetRejected(
                f"images differ in size{after}: {first!r} is {h} × {w} (height × width) and {other!r} is "
                f"{other_h} × {other_w}; set metadata.resize to the evaluation's, e.g. "
                '{"size": 256, "crop": 224}, or to [height, width] for a stretch'
            )
        size = found[0][0]
        shape = (1 if self._as_grey() else 3, *size)
        self.limits.check_array("x", self.count, shape, 1)
        resizer = self.resizer if self.resized else None
        return Plan(shape, resizer, self._channel_rule(), self._notes())

    def _as_grey(self) -> bool:
        return self.channels == "grey" or (self.channels is None and self.grey == self.count)

    def _channel_rule(self) -> str:
        if self._as_grey():
            colour = self.count - self.grey
            return f"luminance (ITU-R 601) of {counted(colour, 'colour picture')}" if colour else "grey, as stored"
        return f"RGB; {self.grey} grey pictures have R = G = B" if self.grey else "RGB, as stored"

    def _notes(self) -> list[str]:
        notes = []
        if self.turned:
            notes.append(f"{counted(self.turned, 'image')} with an EXIF orientation, turned upright by it")
        if self.several:
            notes.append(
                f"{counted(self.several, 'file')} with several pictures (animations, pages); the first of each is read"
            )
        if self.clear:
            notes.append(
                f"{counted(self.clear, 'image')} with a channel or colour of transparency: dropped, as torchvision's "
                "loader does"
            )
        if self.padded:
            notes.append(
                f"{counted(self.padded, 'image')} smaller than the crop; black edges were added, as torchvision does"
            )
        if self.inks:
            notes.append(
                f"{counted(self.inks, 'image')} in CMYK, converted to RGB without a colour profile, as torchvision's "
                "loader does"
            )
        if self.deep:
            notes.append(f"{counted(self.deep, 'image')} of 16 bits a pixel; the upper 8 bits are read")
        return notes


class Plan:
    """The form that every image is brought to: `shape` (c, h, w), the rules in words, and notes."""

    def __init__(self, shape: tuple[int, int, int], resizer: Resizer | None, channels: str, notes: list[str]) -> None:
        self.shape, self.channels, self.notes = shape, channels, notes
        self._brightest: int | None = None  # of pixels of 16 bits
        self._resizer = resizer

    @property
    def rule(self) -> str:
        """The resizing rule in words."""
        return "none" if self._resizer is None else self._resizer.description

    def decode(self, data: bytes, name: str, limits: DatasetLimits) -> npt.NDArray[np.uint8]:
        """Decode one image to uint8 (c, h, w), upright; grey for one channel, RGB for three, alpha is dropped."""
        with _opened(data, name, limits) as image:
            orientation = _orientation(image)
            if _is_deep(image):
                self._brightest = max(self._brightest or 0, int(np.asarray(image).max()))
            plain = _plain(image, "L" if self.shape[0] == 1 else "RGB")
            if orientation in _TURNS:
                plain = plain.transpose(_TURNS[orientation])
            if self._resizer is not None:
                plain = self._resizer.apply(plain)
        pixels = np.asarray(plain, dtype=np.uint8)
        return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)

    def note_darkness(self) -> None:
        """Once all images are decoded: note 16-bit pixels that use few of their levels, as cameras of 12 bits do."""
        if self._brightest is not None and self._brightest < _DARK:
            self.notes.append(
                f"the brightest of all 16-bit pixels is {self._brightest:,} of 65,535, so that the images are read "
                "nearly black: if 65,535 is not their white, scale them so that it is"
            )

    def decode_mask(
        self, data: bytes, name: str, image_data: bytes, image_name: str, limits: DatasetLimits
    ) -> npt.NDArray[np.bool_]:
        """Decode a mask to (h, w), turned and resized as its image is, by the nearest pixel.

        Raises `DatasetRejected` when it is of another size than the image, or holds other than 0 and 1, or 0 and 255.
        """
        with _opened(image_data, image_name, limits) as image:
            wanted, orientation = image.size, _orientation(image)
        with _opened(data, name, limits) as mask:
            if mask.size != wanted:
                raise DatasetRejected(
                    f"mask {name!r} is {mask.height} × {mask.width} (height × width) and its image {image_name!r} "
                    f"{wanted[1]} × {wanted[0]}"
                )
            # of a palette the numbers count, 0 is the background; of colours their luminance
            values = np.asarray(mask if mask.mode == "P" else _plain(mask, "L"), dtype=np.uint8)
        levels = np.unique(values).tolist()
        if not (set(levels) <= {0, 1} or set(levels) <= {0, 255}):
            shown = ", ".join(map(str, levels[:6])) + (", …" if len(levels) > 6 else "")
            raise DatasetRejected(
                f"mask {name!r} is not binary: it holds {shown}; expected 0 and 255 (or 1), saved as PNG"
            )
        plain = Image.fromarray(np.where(values, 255, 0).astype(np.uint8))
        if orientation in _TURNS:
            plain = plain.transpose(_TURNS[orientation])
        if self._resizer is not None:
            plain = self._resizer.by_nearest().apply(plain)
        return np.asarray(plain) > 0


def _plain(image: Image.Image, mode: str) -> Image.Image:
    """Eight bits a channel. Pillow's own conversion of 16-bit grey clips at 255 and leaves a white picture."""
    if _is_deep(image):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image.convert(mode)


def write_images(
    x_path: Path,
    plan: Plan,
    n: int,
    files: Iterable[tuple[str, bytes]],
    limits: DatasetLimits,
    progress: Callable[[int, int], None],
) -> None:
    """Decode `n` image files, given as (name, bytes) in sample order, into `x_path`; `plan.notes` is complete then."""
    with NpyWriter(x_path, (n, *plan.shape), "uint8") as writer:
        for done, (name, data) in enumerate(files, 1):
            writer.write(plan.decode(data, name, limits)[None])
            if done % 64 == 0 or done == n:
                progress(done, n)
    plan.note_darkness()
