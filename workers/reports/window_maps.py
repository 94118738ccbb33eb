"""The window maps of all slices: scores of the neurons over all images, the artifact `vulnerability_maps`, mean maps.

The artifact has the arrays of `workers.analyses.window_maps`, a row for each image that has maps.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from openapi.analyses.vulnerability import MAP_MEASURES, VulnerabilityMaps
from workers.neurons.exact import ExactSum, Floats
from workers.reports.figures import Figure, picture
from workers.reports.kept_arrays import append_npz, join_npz
from workers.reports.worst import encode

_WIDTH = 160
_SAYS = (
    "What one window of the adversarial image does alone, on average over the fooled images: nothing where it is "
    "black, most where it is white. Few white windows are unusual: an attack mostly needs many places at once."
)


def merged_maps(paths: Sequence[Path]) -> tuple[VulnerabilityMaps | None, dict[str, Floats]]:
    """What the report says of the maps, and the mean scores of each neuron by the names of their measures."""
    n, window, shape, totals = 0, 0, (0, 0), {name: ExactSum() for name in MAP_MEASURES}
    for path in paths:
        with np.load(path, allow_pickle=False) as data:
            n += len(data["index"])
            if len(data["index"]):
                window, shape = int(data["window"]), data["map_benign"].shape[1:]
                for name, total in totals.items():
                    if (score := f"score_{name.removeprefix('map_')}") in data.files:
                        total.add(data[score])
    if not n:
        return None, {}
    scores = {name: total.value / n for name, total in totals.items() if total.value is not None}
    missing = None if scores else "the penultimate neurons of this network have no activation map"
    return VulnerabilityMaps(n=n, window=window, rows=shape[0], columns=shape[1], missing=missing), scores


def keep_maps(paths: Sequence[Path], target: Path) -> None:
    """Write the artifact from the slices that have images."""
    parts, window = [], np.zeros((), np.int64)
    for path in paths:
        with np.load(path, allow_pickle=False) as data:
            if len(data["index"]):
                parts.append(path)
                names, window = [name for name in data.files if name != "window"], data["window"]
    join_npz(parts, names, target)
    append_npz(target, {"window": window})


def mean_maps(files: Mapping[str, Path]) -> list[Figure]:
    """The mean of either map over the images, black for 0 and less, white for its maximum."""
    if "vulnerability_maps" not in files:
        return []
    found = []
    with np.load(files["vulnerability_maps"], allow_pickle=False) as data:
        for name, title in (
            ("map_benign", "The benign class's probability falls"),
            ("map_adversarial", "The adversarial class's rises"),
        ):
            mean = data[name].mean(0, dtype=np.float64)
            factor = max(1, _WIDTH // mean.shape[1])
            large = np.kron(mean.clip(0) / max(float(mean.max()), 1e-12), np.ones((factor, factor)))
            described = f"Mean over the images: {_largest(mean)}"
            found.append(picture(title, encode(large[None]), described, _SAYS, pixelated=True))
    return found


def _largest(mean: Any) -> str:
    row, column = np.unravel_index(int(mean.argmax()), mean.shape)
    return f"most, {float(mean.max()):.2g}, at row {int(row)}, column {int(column)} of the windows"
