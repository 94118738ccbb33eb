"""Images under the attack of vulnerability in the file of columns: a row an image, in the order of the samples.

``images.*``: index, label, predicted, adversarial (its class under attack), fooled, linf, l2; z, z_adv (classes,);
probabilities (4,): of y_b and y_a in x, and in x'; measures (MEASURES and the signed deviation, neurons); curves
(2, neurons): c_i(x, y_b) and c_i(x', y_a); benign, adversarial_picture, difference: bytes (channels, h, w); gain.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.analyses.vulnerability import MEASURES, ActivationsFile, VulnerabilityOptions
from openapi.report import Report
from openapi.views.neurons import ALL_MEASURES
from openapi.wire.columns import ColumnType
from workers.neurons.exact import Floats
from workers.neurons.vulnerability import softmax
from workers.reports.analyses.base import Found, Result
from workers.reports.analyses.vulnerability import totals_of
from workers.reports.columns_file import ColumnsFile

_OF_ACTIVATIONS: dict[str, ColumnType] = {
    "index": "i8", "label": "i4", "predicted": "i4", "adversarial": "i4", "fooled": "u1", "z": "f4", "z_adv": "f4",
}  # fmt: skip
_OF_IMAGES: dict[str, ColumnType] = {"linf": "f8", "l2": "f8", "gain": "f4"}
#: Name in the slices' files → name here, where the one above is taken.
PICTURES = {"benign": "benign", "adversarial": "adversarial_picture", "difference": "difference"}
#: Bytes of pictures that are kept; of more images only the first ones have any.
MOST_BYTES = 2**30


def parts(found: Found) -> Iterator[Result]:
    """The slices that have images."""
    yield from (part for part in found.of("activations") if ActivationsFile.IMAGES in part.files)


def options_of(found: Found) -> VulnerabilityOptions:
    """The options that vulnerability was asked for with."""
    options = getattr(found.options, "vulnerability", None)
    assert isinstance(options, VulnerabilityOptions)
    return options


def write(file: ColumnsFile, report: Report, found: Found) -> None:
    """Write the columns one by one, a slice in memory at a time."""
    for kind, columns in ((ActivationsFile.ACTIVATIONS, _OF_ACTIVATIONS), (ActivationsFile.IMAGES, _OF_IMAGES)):
        for name, type in columns.items():
            shape = _first(found, kind, name).shape[1:]
            file.rows(f"images.{name}", type, shape, _column(found, kind, name))
    neurons = _first(found, ActivationsFile.IMAGES, "measures").shape[2]
    file.rows("images.measures", "f4", (len(ALL_MEASURES), neurons), measures_of(found))
    file.rows("images.curves", "f4", (2, neurons), _curves(found))
    file.rows("images.probabilities", "f8", (4,), _probabilities(found))
    _pictures(file, found)
    names = report.model.labels
    file.facts["classes"] = list(names) if names else None
    file.facts["num_classes"] = report.model.num_classes
    file.facts["attack"] = options_of(found).attack.facts.label


def _first(found: Found, kind: ActivationsFile, name: str) -> Any:
    return next(_column(found, kind, name))


def _column(found: Found, kind: ActivationsFile, name: str) -> Iterator[Any]:
    for part in parts(found):
        with np.load(part.files[kind], allow_pickle=False) as arrays:
            yield arrays[name]


def measures_of(found: Found) -> Iterator[npt.NDArray[np.float32]]:
    """Slice by slice (n, measures, neurons) in the order of `ALL_MEASURES`; deviations are signed."""
    (_, bands), level = totals_of(found), options_of(found).level
    for part in parts(found):
        with np.load(part.files[ActivationsFile.ACTIVATIONS], allow_pickle=False) as arrays:
            outside = bands.deviation(arrays["contribution_adv"].astype(np.float64), arrays["adversarial"], level)
        with np.load(part.files[ActivationsFile.IMAGES], allow_pickle=False) as arrays:
            measures = arrays["measures"]
        assert measures.shape[1] == len(MEASURES)
        yield np.concatenate([measures, outside.astype(np.float32)[:, None]], 1)


def _curves(found: Found) -> Iterator[Any]:
    for part in parts(found):
        with np.load(part.files[ActivationsFile.ACTIVATIONS], allow_pickle=False) as arrays:
            yield np.stack([arrays["contribution"], arrays["contribution_adv"]], 1)


def _probabilities(found: Found) -> Iterator[Floats]:
    """(n, 4): of y_b and of y_a in x, and of both in x'."""
    for part in parts(found):
        with np.load(part.files[ActivationsFile.ACTIVATIONS], allow_pickle=False) as arrays:
            rows, classes = np.arange(len(arrays["z"])), (arrays["predicted"], arrays["adversarial"])
            p = [softmax(arrays[name].astype(np.float64)) for name in ("z", "z_adv")]
        yield np.stack([image[rows, y] for image in p for y in classes], 1)


def _pictures(file: ColumnsFile, found: Found) -> None:
    shape = _first(found, ActivationsFile.IMAGES, "benign").shape[1:]
    most = max(1, MOST_BYTES // (len(PICTURES) * int(np.prod(shape))))
    for name, called in PICTURES.items():
        file.rows(f"images.{called}", "u1", shape, _up_to(most, _column(found, ActivationsFile.IMAGES, name)))


def _up_to(most: int, rows: Iterator[Any]) -> Iterator[Any]:
    for part in rows:
        yield part[:most]
        most -= min(most, len(part))


def excitations_of(found: Found) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
    """Slice by slice the largest activations (n, neurons) in x and in x'."""
    for part in parts(found):
        with np.load(part.files[ActivationsFile.IMAGES], allow_pickle=False) as arrays:
            yield arrays["excitation"], arrays["excitation_adv"]
