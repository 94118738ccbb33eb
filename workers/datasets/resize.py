"""Pictures of any size → one size, in the very pixels of torchvision, Pillow and Keras, antialiased or not."""

from typing import Any

import numpy as np
from PIL import Image

from openapi.datasets import Resize
from openapi.problems import DatasetRejected

Size = tuple[int, int]  # (height, width)

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "box": Image.Resampling.BOX,
    "hamming": Image.Resampling.HAMMING,
}


class Resizer:
    """One rule of resizing and cropping, for sizes and for pictures."""

    def __init__(self, rule: Resize) -> None:
        self.rule = rule

    def by_nearest(self) -> "Resizer":
        """The same sizes and windows by the nearest pixel, for masks."""
        return Resizer(self.rule.model_copy(update={"interpolation": "nearest"}))

    def between(self, size: Size) -> Size:
        """The size after resizing and before the crop that follows."""
        wanted = self.rule.size
        if wanted is None:
            return size
        if isinstance(wanted, tuple):
            return wanted
        h, w = size
        # torchvision cuts the longer side off to a whole number, and never rounds it up
        return (wanted, int(wanted * w / h)) if h <= w else (int(wanted * h / w), wanted)

    def after(self, size: Size) -> Size:
        """The size in the end of a picture that was (h, w)."""
        return self._crop() or self.between(size)

    def changes(self, size: Size) -> bool:
        """True when a picture of (h, w) does not stay as it is: enlarged and cropped to its own size it is another."""
        return self.between(size) != size or self.after(size) != size

    def pads(self, size: Size) -> bool:
        """True when the crop is larger than a picture that was (h, w): black edges are added, as torchvision does."""
        between, final = self.between(size), self.after(size)
        return final[0] > between[0] or final[1] > between[1]

    def check(self, size: Size, name: str, most: int) -> None:
        """Refuse a picture that would have more than `most` pixels before it is cropped."""
        between = self.between(size)
        if between[0] * between[1] > most:
            raise DatasetRejected(
                f"image {name!r} is {size[0]} × {size[1]} (height × width), which metadata.resize would make "
                f"{between[0]} × {between[1]}; at most {most:,} pixels are accepted"
            )

    def apply(self, image: Image.Image) -> Image.Image:
        """Resize and crop one picture of mode L or RGB."""
        if self.rule.crop == "aspect":
            return self._of_aspect(image)
        height, width = self.between((image.height, image.width))
        if (height, width) != (image.height, image.width):
            image = self._scaled(image, (height, width))
        crop = self._crop()
        if crop is None:
            return image
        top, left = _before(image.height, crop[0]), _before(image.width, crop[1])
        return image.crop((left, top, left + crop[1], top + crop[0]))

    def _crop(self) -> Size | None:
        crop = self.rule.crop
        if crop is None or crop == "aspect":
            return None
        return (crop, crop) if isinstance(crop, int) else crop

    def _scaled(self, image: Image.Image, size: Size) -> Image.Image:
        if self.rule.antialias:
            return image.resize((size[1], size[0]), _FILTERS[self.rule.interpolation])
        if self.rule.interpolation == "nearest":
            return _nearest(image, size)
        return _plainly_scaled(image, size, self.rule.interpolation)

    def _of_aspect(self, image: Image.Image) -> Image.Image:
        """The largest centred window of the wanted shape, scaled.

        Antialiased it is Keras' `load_img(keep_aspect_ratio=True)`, whose filter reaches beyond the window's edges;
        else `image_dataset_from_directory(crop_to_aspect_ratio=True)`, which cuts the window out first.
        """
        target = self.between((image.height, image.width))
        height = min(image.height, max(1, image.width * target[0] // target[1]))
        width = min(image.width, max(1, image.height * target[1] // target[0]))
        top, left = (image.height - height) // 2, (image.width - width) // 2
        window = (left, top, left + width, top + height)
        if self.rule.antialias:
            return image.resize((target[1], target[0]), _FILTERS[self.rule.interpolation], box=window)
        return self._scaled(image.crop(window), target)

    @property
    def description(self) -> str:
        """The rule as the inspection records it."""
        rule, parts = self.rule, []
        how = "nearest pixel" if rule.interpolation == "nearest" else f"{rule.interpolation} filter, antialiased"
        how = f"Pillow's {how}" if rule.antialias else f"{rule.interpolation} interpolation without antialiasing"
        if rule.crop == "aspect":
            parts.append("the largest centred window of the wanted shape is cut out")
        if isinstance(rule.size, tuple):
            kept = "" if rule.crop == "aspect" else "; the aspect ratio is not kept"
            parts.append(f"pictures are resized to {rule.size[0]} × {rule.size[1]} (height × width) with {how}{kept}")
        elif rule.size is not None:
            parts.append(f"the shorter side is resized to {rule.size} with {how}; the aspect ratio is kept")
        if (crop := self._crop()) is not None:
            parts.append(f"the centre {crop[0]} × {crop[1]} (height × width) is cut out")
        return ", then ".join(parts)


def _before(length: int, crop: int) -> int:
    """Where a centred window begins, rounded as torchvision does it; negative where black edges are added."""
    return round((length - crop) / 2) if length >= crop else -((crop - length) // 2)


def _nearest(image: Image.Image, size: Size) -> Image.Image:
    """The pixel below the middle of each new one, computed in float32 as TensorFlow and Keras do."""
    rows, columns = (
        np.minimum((np.arange(new, dtype=np.float32) + np.float32(0.5)) * (np.float32(old) / np.float32(new)), old - 1)
        for new, old in zip(size, (image.height, image.width), strict=True)
    )
    return Image.fromarray(np.asarray(image)[rows.astype(np.int64)[:, None], columns.astype(np.int64)])


def _plainly_scaled(image: Image.Image, size: Size, interpolation: str) -> Image.Image:
    import torch  # costs a second; only this rule needs it

    pixels: Any = torch.from_numpy(np.array(image, dtype=np.float32))
    pixels = pixels[None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)
    scaled = torch.nn.functional.interpolate(pixels[None], size, mode=interpolation, align_corners=False)[0]
    levels = scaled.round().clamp(0, 255).to(torch.uint8).numpy()
    return Image.fromarray(levels[0] if len(levels) == 1 else np.ascontiguousarray(levels.transpose(1, 2, 0)))
