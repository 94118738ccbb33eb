"""Images cut into regions: by colour, by a grid, by class activation, or by the user's masks."""

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from openapi.problems import InvalidField

Segmentation = Literal["slic", "felzenszwalb", "grid", "cam", "masks"]
Floats = npt.NDArray[np.floating[Any]]
#: Region numbers (h, w) from 0 on, without gaps; every pixel is in one region.
Segments = npt.NDArray[np.int16]

#: What no mask covers.
REST = "rest"
_COARSEST = 14  # doublings of felzenszwalb's scale that are tried, from 1 on


def segment(
    kind: Segmentation,
    image: Floats,
    segments: int,
    *,
    class_map: Floats | None = None,
    mask: npt.NDArray[Any] | None = None,
) -> Segments:
    """Cut an image (c, h, w) in [0, 1] into about `segments` regions.

    class_map: (h, w) of the true class, which `cam` needs; mask: the sample's own, which `masks` needs, see
    `from_masks`. The same image gives the same regions, whatever else is cut. Raises `InvalidField`.
    """
    if kind == "cam":
        if class_map is None:
            raise InvalidField("/regions/segmentation", "`cam` needs a class activation map, which this model has not")
        return by_quantiles(class_map, segments)
    if kind == "masks":
        if mask is None:
            raise InvalidField("/regions/segmentation", "`masks` needs a data set that carries masks")
        return from_masks(mask)
    if kind == "grid":
        return grid(image.shape[1], image.shape[2], segments)
    return slic(image, segments) if kind == "slic" else felzenszwalb(image, segments)


def slic(image: Floats, segments: int) -> Segments:
    """Clusters of neighbouring pixels of like colour (Achanta et al. 2012), by scikit-image with its own defaults.

    Its weight of places, 10, is made for CIELAB (lightness 0 to 100): grey images are taken as colours there,
    and other numbers of channels, which it brings to [0, 1], get a hundredth of it; else places alone would decide.
    """
    from skimage import segmentation

    colour = len(image) in (1, 3)
    pixels = _channels_last(np.repeat(image, 3, 0) if len(image) == 1 else image)
    found = segmentation.slic(
        pixels,
        n_segments=segments,
        compactness=10.0 if colour else 0.1,
        start_label=0,
        channel_axis=-1,
        convert2lab=colour,
    )
    return numbered(found)


def felzenszwalb(image: Floats, segments: int) -> Segments:
    """Regions of a graph of pixels (Felzenszwalb & Huttenlocher 2004), by scikit-image.

    Its `scale` has no meaning in numbers of regions: of 1, 2, 4 … the one whose number is nearest to `segments` is
    taken, of equals the finest; regions below a quarter of the mean size are joined to others.
    """
    from skimage import segmentation

    least = max(1, image[0].size // (4 * segments))
    pixels = _channels_last(image)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of channels that are no RGB
        cuts = [
            segmentation.felzenszwalb(pixels, scale=2**k, sigma=0.5, min_size=least, channel_axis=-1)
            for k in range(_COARSEST)
        ]
    return numbered(min(cuts, key=lambda cut: abs(int(cut.max()) + 1 - segments)))


def grid(h: int, w: int, segments: int) -> Segments:
    """Rectangles of equal size to a pixel, rows × columns ≥ `segments` of them, as near to a square as that allows."""
    rows = max(1, int(segments**0.5))
    columns = -(-segments // rows)
    return numbered((np.arange(h) * rows // h)[:, None] * columns + (np.arange(w) * columns // w)[None, :])


def by_quantiles(class_map: Floats, segments: int) -> Segments:
    """Bands of a class activation map (h, w) between its quantiles, the least active first; equals stay together."""
    edges = np.quantile(class_map, np.arange(1, segments) / segments)
    return numbered(np.searchsorted(np.unique(edges), class_map, side="right"))


def from_masks(mask: npt.NDArray[Any]) -> Segments:
    """Regions of a user's mask: numbers (h, w), or (k, h, w) of k regions that are not 0 where they are.

    A pixel of several of the k is the first one's, a pixel of none is of one more region, the last.
    """
    return numbered(mask if mask.ndim == 2 else _first_of(mask))


def mask_names(mask: npt.NDArray[Any], names: Sequence[str]) -> list[str]:
    """Return the names of the regions that `from_masks` cuts (k, h, w) into; `REST` is what no mask covers."""
    return [(*names, REST)[number] for number in np.unique(_first_of(mask))]


def _first_of(mask: npt.NDArray[Any]) -> npt.NDArray[Any]:
    inside = mask != 0
    return np.where(inside.any(0), inside.argmax(0), len(mask))


def numbered(labels: npt.NDArray[Any]) -> Segments:
    """Any labels (h, w) as numbers from 0 on, in their order. Raises `InvalidField` beyond 32,767 regions."""
    values, numbers = np.unique(labels, return_inverse=True)
    if len(values) > np.iinfo(np.int16).max:
        raise InvalidField("/regions/segmentation", f"{len(values):,} regions in one image; 32,767 are the most")
    return numbers.reshape(labels.shape).astype(np.int16)


def _channels_last(image: Floats) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(np.moveaxis(image, 0, -1), dtype=np.float64)
