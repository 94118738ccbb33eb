"""Window maps and activation maps of fooled images in the file of columns, where vulnerability has a `window`.

``maps.index``; pictures `map-benign` and `map-adversarial`; where the neurons have maps, ``maps.field`` and
``maps.field_adv`` (neurons, rows, columns), what is positive of their activations in x and in x', and ``maps.score``
(measures, neurons) of the image. ``maps.mean`` (measures, neurons): the report's means, in the order of `MAP_MEASURES`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.analyses.vulnerability import MAP_MEASURES, ActivationsFile, ActivationsValue
from openapi.views.base import ACTIVATION_MAPS
from workers.pictures import Bytes
from workers.reports.analyses.base import Found
from workers.reports.analyses.vulnerability import columns_of
from workers.reports.columns_file import ColumnsFile
from workers.reports.views import paint
from workers.reports.views.drawn import draw
from workers.reports.views.images import options_of, parts
from workers.reports.window_maps import merged_maps

_TEXTS = {
    "map-benign": "Where image {index} loses the probability of its class when a window is taken from the adversarial "
    "image: from violet, nowhere, to yellow, most",
    "map-adversarial": "Where image {index} gains the probability of the adversarial class when a window is taken from "
    "the adversarial image: from violet, nowhere, to yellow, most",
}


def missing(found: Found) -> str:
    """Why an audit with images under attack has no maps."""
    options = options_of(found)
    if options.window is None:
        return "not asked for: `neurons.vulnerability.window` was null"
    count = sum(part.value.n for part in parts(found) if isinstance(part.value, ActivationsValue))
    first = min(options.map_samples, count)
    return f"the attack fooled none of the first {first} images, and maps are made of fooled ones"


def write(file: ColumnsFile, found: Found, maps: Path, shape: tuple[int, ...]) -> None:
    """maps: the artifact `vulnerability_maps`; shape: (c, h, w) of the images."""
    with np.load(maps, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    file.array("maps.index", arrays["index"], "i8")
    shown, side = _benign(found, arrays["index"]), int(arrays["window"].item())
    for what, text in _TEXTS.items():
        values = _by_pixel(arrays[what.replace("-", "_")], side, *shape[1:])
        draw(file, "maps", what, paint.heat(values, shown), text)
    if "field" not in arrays:
        file.missing[ACTIVATION_MAPS] = "the penultimate neurons of this network have no activation map"
        return
    for name in ("field", "field_adv"):
        file.array(f"maps.{name}", arrays[name], "f4")
    names = [f"score_{name.removeprefix('map_')}" for name in MAP_MEASURES]
    file.array("maps.score", np.stack([arrays[name] for name in names], 1), "f8")
    paths = [part.files[ActivationsFile.MAPS] for part in parts(found) if ActivationsFile.MAPS in part.files]
    _, means = merged_maps(paths)
    file.array("maps.mean", np.stack([means[name] for name in MAP_MEASURES]), "f8")


def _by_pixel(values: npt.NDArray[np.floating], side: int, height: int, width: int) -> npt.NDArray[np.floating]:
    """(n, rows, columns) of windows → (n, height, width) of pixels."""
    large: npt.NDArray[np.floating] = values.repeat(side, 1).repeat(side, 2)[:, :height, :width]
    return large


def _benign(found: Found, index: npt.NDArray[np.int64]) -> Bytes:
    """The pictures of the images of these numbers, in their order."""
    numbers = columns_of(found, ("index",))["index"]
    place = {int(number): row for row, number in enumerate(numbers)}
    rows = np.array([place[int(number)] for number in index])
    begin, kept = 0, dict[int, Any]()
    for part in parts(found):
        with np.load(part.files[ActivationsFile.IMAGES], allow_pickle=False) as arrays:
            images = arrays["benign"]
        for i, row in enumerate(rows.tolist()):
            if begin <= row < begin + len(images):
                kept[i] = images[row - begin]
        begin += len(images)
    return np.stack([kept[i] for i in range(len(rows))])
