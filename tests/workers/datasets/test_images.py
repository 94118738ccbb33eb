"""Every kind of picture against Pillow's and torchvision's own pixels."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from openapi.problems import DatasetRejected
from tests.workers.datasets.conftest import Convert, picture, write_zip
from workers.models import vision_ops

vision_ops.declare()
from torchvision import transforms as T  # noqa: E402

RNG = np.random.default_rng(8)
COLOUR = Image.fromarray(RNG.integers(0, 256, (12, 20, 3), dtype=np.uint8))
OTHER = COLOUR.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels that ImageFolder's default loader gives, (3, h, w)."""
    return np.asarray(image.convert("RGB")).transpose(2, 0, 1)


KINDS = {
    "BMP": (encoded(COLOUR, "BMP"), "a.bmp"),
    "TIFF": (encoded(COLOUR, "TIFF"), "a.tif"),
    "TIFF of several pages": (encoded(COLOUR, "TIFF", save_all=True, append_images=[OTHER]), "a.tiff"),
    "GIF": (encoded(COLOUR, "GIF"), "a.gif"),
    "animated GIF": (encoded(COLOUR, "GIF", save_all=True, append_images=[OTHER]), "a.gif"),
    "animated PNG": (encoded(COLOUR, "PNG", save_all=True, append_images=[OTHER]), "a.png"),
    "animated WebP": (encoded(COLOUR, "WEBP", save_all=True, append_images=[OTHER], lossless=True), "a.webp"),
    "AVIF": (encoded(COLOUR, "AVIF"), "a.avif"),
    "animated AVIF": (encoded(COLOUR, "AVIF", save_all=True, append_images=[OTHER]), "a.avif"),
    "MPO of a phone": (encoded(COLOUR, "MPO", save_all=True, append_images=[OTHER]), "a.jpg"),
    "PPM": (encoded(COLOUR, "PPM"), "a.ppm"),
    "BMP called jpg": (encoded(COLOUR, "BMP"), "a.jpg"),
    "LA": (encoded(COLOUR.convert("LA"), "PNG"), "a.png"),
    "RGBA": (encoded(COLOUR.convert("RGBA"), "PNG"), "a.png"),
    "palette": (encoded(COLOUR.quantize(16), "PNG"), "a.png"),
    "palette with transparency": (encoded(COLOUR.quantize(16), "PNG", transparency=0), "a.png"),
    "1 bit": (encoded(COLOUR.convert("1"), "PNG"), "a.png"),
    "CMYK": (encoded(COLOUR.convert("CMYK"), "JPEG"), "a.jpg"),
}


@pytest.mark.parametrize(("white", "told"), [(65_535, False), (16_383, True), (4_095, True)])
def test_pictures_of_a_few_bits_in_sixteen_are_told_to_be_dark(
    convert: Convert, tmp_path: Path, white: int, told: bool
) -> None:
    ramp = np.linspace(0, white, 64).astype(np.uint16).reshape(8, 8)
    entries = {f"cat/{i}.png": encoded(Image.fromarray(ramp // (i + 1)), "PNG") for i in range(2)}
    warnings = convert(write_zip(tmp_path / "a.zip", entries)).found.warnings
    assert any(f"the brightest of all 16-bit pixels is {white:,} of 65,535" in w for w in warnings) == told


@pytest.mark.parametrize("kind", list(KINDS))
def test_kinds(convert: Convert, tmp_path: Path, kind: str) -> None:
    data, name = KINDS[kind]
    got = convert(write_zip(tmp_path / "a.zip", {f"cat/{name}": data, "dog/b.png": encoded(COLOUR, "PNG")}))
    with Image.open(io.BytesIO(data)) as first:
        assert np.array_equal(got.x[got.y == 0][0], pixels(first))
    assert np.array_equal(got.x[got.y == 1][0], pixels(COLOUR))
    several = "several" in kind or "animated" in kind
    assert any("the first of each is read" in w for w in got.found.warnings) == several
    assert any("1 image in CMYK, converted to RGB" in w for w in got.found.warnings) == (kind == "CMYK")


@pytest.mark.parametrize("big", [False, True])
def test_sixteen_bits_keep_their_shades(convert: Convert, tmp_path: Path, big: bool) -> None:
    """Pillow's own conversion to 8 bits clips at 255, which leaves a white picture."""
    deep = np.arange(0, 65536, 65536 // 240, dtype=np.uint16)[:240].reshape(12, 20)
    data = encoded(Image.fromarray(deep.astype(">u2") if big else deep), "TIFF" if big else "PNG")
    got = convert(write_zip(tmp_path / "a.zip", {f"cat/a.{'tif' if big else 'png'}": data}))
    assert got.found.shape == (1, 12, 20)
    assert np.array_equal(got.x[0, 0], (deep >> 8).astype(np.uint8))
    assert any("16 bits" in w for w in got.found.warnings)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_pictures_are_turned_upright_wherever_they_say_how(convert: Convert, tmp_path: Path, kind: str) -> None:
    entries = {f"{o}/a.{kind.lower()}": encoded(COLOUR, kind, exif=turned(o)) for o in range(1, 9)}
    for orientation, (name, data) in enumerate(entries.items(), 1):
        got = convert(write_zip(tmp_path / "a.zip", {name: data}))
        with Image.open(io.BytesIO(data)) as image:
            upright = ImageOps.exif_transpose(image)
        assert upright.size == ((12, 20) if orientation >= 5 else (20, 12))
        assert np.array_equal(got.x[0], pixels(upright)), orientation
        said = any("EXIF orientation, turned upright" in w for w in got.found.warnings)
        assert said == (orientation > 1 and kind != "TIFF")


def test_damaged_metadata_is_no_reason_to_refuse_a_picture(convert: Convert, tmp_path: Path) -> None:
    data = encoded(COLOUR, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40)
    assert convert(write_zip(tmp_path / "a.zip", {"cat/a.jpg": data})).found.shape == (3, 12, 20)


def test_grey_and_colour_by_rule(convert: Convert, tmp_path: Path) -> None:
    grey = COLOUR.convert("L")
    table = grey.convert("P")
    entries = {"cat/a.png": encoded(grey, "PNG"), "dog/b.png": encoded(table, "PNG")}
    got = convert(write_zip(tmp_path / "a.zip", entries))
    assert got.found.shape == (1, 12, 20)
    assert got.found.channels == "grey, as stored"
    colour = convert(write_zip(tmp_path / "a.zip", entries), channels="RGB")
    assert np.array_equal(colour.x, np.repeat(got.x, 3, axis=1))
    assert colour.found.channels == "RGB; 2 grey pictures have R = G = B"
    entries["cat/c.png"] = encoded(COLOUR, "PNG")
    got = convert(write_zip(tmp_path / "a.zip", entries), channels="gray")
    assert got.found.channels == "luminance (ITU-R 601) of 1 colour picture"
    assert any(np.array_equal(x[0], np.asarray(COLOUR.convert("L"))) for x in got.x)


def test_what_has_no_eight_bit_meaning_is_refused(convert: Convert, tmp_path: Path) -> None:
    data = encoded(Image.fromarray(np.zeros((4, 4), np.float32)), "TIFF")
    with pytest.raises(DatasetRejected, match=r"'cat/a.tif' has pixels of the kind 'F'; expected 8 or 16 bits"):
        convert(write_zip(tmp_path / "a.zip", {"cat/a.tif": data}))


PHOTOS = [Image.fromarray(RNG.integers(0, 256, (*size, 3), dtype=np.uint8)) for size in ((40, 61), (57, 33), (32, 32))]
MODES = {
    "nearest": T.InterpolationMode.NEAREST,
    "bilinear": T.InterpolationMode.BILINEAR,
    "bicubic": T.InterpolationMode.BICUBIC,
    "lanczos": T.InterpolationMode.LANCZOS,
    "box": T.InterpolationMode.BOX,
    "hamming": T.InterpolationMode.HAMMING,
}


def evaluated(
    convert: Convert, tmp_path: Path, resize: dict[str, Any], photos: Sequence[Image.Image] = PHOTOS
) -> tuple[NDArray[np.uint8], str]:
    entries = {f"{i}/a.png": encoded(p, "PNG") for i, p in enumerate(photos)}
    got = convert(write_zip(tmp_path / "a.zip", entries), resize=resize)
    return got.x[np.argsort(got.y)], "; ".join([got.found.resize, *got.found.warnings])


@pytest.mark.parametrize("interpolation", list(MODES))
@pytest.mark.parametrize(("size", "crop"), [(32, 28), (33, (28, 31)), ((30, 41), 29), ((30, 41), None)])
def test_pixels_are_torchvisions(
    convert: Convert,
    tmp_path: Path,
    interpolation: str,
    size: int | tuple[int, int],
    crop: int | tuple[int, int] | None,
) -> None:
    got, words = evaluated(convert, tmp_path, {"size": size, "crop": crop, "interpolation": interpolation})
    steps = [T.Resize(size, MODES[interpolation])] + ([T.CenterCrop(crop)] if crop else [])
    for ours, photo in zip(got, PHOTOS, strict=True):
        assert np.array_equal(ours, pixels(T.Compose(steps)(photo)))
    assert ("the shorter side is resized to" in words) == isinstance(size, int)
    assert ("the centre" in words) == bool(crop)


@pytest.mark.parametrize("kind", ["zip", "npz"])
def test_pictures_are_enlarged_before_the_crop_to_their_own_size(convert: Convert, tmp_path: Path, kind: str) -> None:
    """Pictures of 224, an evaluation by 256 and 224: their middle is seen, enlarged."""
    photos = [Image.fromarray(RNG.integers(0, 256, (28, 28, 3), dtype=np.uint8)) for _ in range(2)]
    path = tmp_path / f"a.{kind}"
    if kind == "zip":
        write_zip(path, {f"{i}/a.png": encoded(photo, "PNG") for i, photo in enumerate(photos)})
    else:
        np.savez(path, x=np.stack([np.asarray(photo) for photo in photos]), y=[0, 1])
    got = convert(path, resize={"size": 32, "crop": 28})
    for label, photo in enumerate(photos):
        assert np.array_equal(got.x[got.y.tolist().index(label)], pixels(T.CenterCrop(28)(T.Resize(32)(photo))))
    assert "the shorter side is resized to 32" in got.found.resize
    assert convert(path, resize={"size": 28, "crop": 28}).found.resize == "none"


def test_a_crop_alone_pads_what_is_too_small_as_torchvision_does(convert: Convert, tmp_path: Path) -> None:
    got, warnings = evaluated(convert, tmp_path, {"crop": 36})
    assert "2 images smaller than the crop; black edges were added, as torchvision does" in warnings
    for ours, photo in zip(got, PHOTOS, strict=True):
        assert np.array_equal(ours, pixels(T.CenterCrop(36)(photo)))


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_without_antialiasing_as_torch_and_keras(convert: Convert, tmp_path: Path, interpolation: str) -> None:
    """Keras' `image_dataset_from_directory(crop_to_aspect_ratio=True)`: its window first, then plain interpolation."""
    import torch

    got, words = evaluated(
        convert,
        tmp_path,
        {"size": [16, 24], "crop": "aspect", "interpolation": interpolation, "antialias": False},
    )
    assert "without antialiasing" in words
    for ours, photo in zip(got, PHOTOS, strict=True):
        w, h = photo.size
        ch, cw = min(h, int(w * 16 / 24)), min(w, int(h * 24 / 16))
        top, left = int((h - ch) / 2), int((w - cw) / 2)
        window = torch.from_numpy(pixels(photo)[None, :, top : top + ch, left : left + cw].astype(np.float32))
        want = torch.nn.functional.interpolate(window, (16, 24), mode=interpolation, align_corners=False)[0]
        assert np.array_equal(ours, want.clamp(0, 255).round().numpy().astype(np.uint8))


_I, _J = np.mgrid[:31, :52]
PATTERN = ((_I * _I * 7 + _J * 37 + _I * _J * 5) % 256).astype(np.uint8)
#: What Keras 3.15 on TensorFlow 2.21 makes of the pattern at (5, 6), rounded to bytes: its loader of data sets (ds) and
#: `load_img`, stretched and with the aspect ratio kept. 26 of 52 columns fall on a tie of the nearest pixel.
KERAS = {
    ("ds", "nearest", False): "0fe383572bcb7f61f1d3b545e7d7574737b74745b5b3b1219fab0b172383",
    ("ds", "nearest", True): "477fb7ef275f6b57432f1b078727c76707a79bef4397eb3fa7afb7bfc7cf",
    ("ds", "bilinear", False): "71a2a96b69ce8947b0c3816ad49f6a5f7f9f677a9598663e82bb752e67a1",
    ("ds", "bilinear", True): "775e81a0487c5b4e53354f3a584bbe70236b72be6784c778aa8aaabdc48e",
    ("load", "nearest", False): "0fe38357f7cb7f61f1d36345e7d75747c7b74745b5b323219fab0b177783",
    ("load", "nearest", True): "477fb7ef275f6b57432f1b078727c76707a79bef4397eb3fa7afb7bfc7cf",
    ("load", "bilinear", False): "787f7e8381807a7e848383817e7d8384847b84827e807f7988837b797d82",
    ("load", "bilinear", True): "807d7f8283817c80858286807d7b8585838381837c817f80858079777f7b",
    ("load", "bicubic", False): "787f7e83817d7a7e848384817f7b8484857b84837d817f78888479797d83",
    ("load", "bicubic", True): "807d7e8284807c81868187817d798886838581837b837e8185817975807a",
}


@pytest.mark.parametrize("kind", list(KERAS), ids=str)
def test_pixels_are_keras(convert: Convert, tmp_path: Path, kind: tuple[str, str, bool]) -> None:
    loader, interpolation, kept = kind
    rule = {"size": [5, 6], "interpolation": interpolation, "antialias": loader == "load"}
    data = write_zip(tmp_path / "a.zip", {"cat/a.png": encoded(Image.fromarray(PATTERN), "PNG")})
    got = convert(data, resize={**rule, "crop": "aspect"} if kept else rule)
    assert got.x[0, 0].tolist() == np.frombuffer(bytes.fromhex(KERAS[kind]), np.uint8).reshape(5, 6).tolist()


def test_orientation_comes_before_the_crop(convert: Convert, tmp_path: Path) -> None:
    data = encoded(PHOTOS[0], "PNG", exif=turned(6))
    got = convert(write_zip(tmp_path / "a.zip", {"cat/a.png": data}), resize={"size": 32, "crop": [30, 20]})
    upright = PHOTOS[0].transpose(Image.Transpose.ROTATE_270)
    assert np.array_equal(got.x[0], pixels(T.CenterCrop((30, 20))(T.Resize(32)(upright))))


def test_a_thin_picture_does_not_become_a_huge_one(convert: Convert, tmp_path: Path) -> None:
    thin = picture(np.zeros((1, 30_000)))
    with pytest.raises(DatasetRejected, match=r"which metadata.resize would make 8000 × 240000000"):
        convert(write_zip(tmp_path / "a.zip", {"cat/a.png": thin}), resize={"size": 8000, "crop": 8})


@pytest.mark.parametrize(
    ("resize", "message"),
    [
        ({}, "give a size, a crop, or both"),
        ({"size": 8, "crop": 9}, "crop is larger than size"),
        ({"size": 8, "crop": "aspect"}, "needs size as"),
        ({"size": 8, "interpolation": "lanczos", "antialias": False}, "with antialias only"),
        ({"size": 0}, "greater than or equal to 1"),
        ({"size": 10**6}, "less than or equal to 65536"),
        ({"size": 8, "croop": 4}, "croop"),
    ],
)
def test_wrong_rules_are_refused_before_anything_is_read(
    convert: Convert, tmp_path: Path, resize: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        convert(tmp_path / "absent", resize=resize)
