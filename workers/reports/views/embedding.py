"""The plane of activations in the file of columns: the text ``embedding``, an `EmbeddingView`, by PCA.

Where t-SNE was asked for, ``embedding.tsne`` too.
"""

import numpy as np

from openapi.analyses.vulnerability import ActivationsFile
from openapi.report import Report
from openapi.views.base import TSNE
from openapi.views.clusters import EmbeddingView, Plane
from workers.neurons.embedding import Method, embed
from workers.neurons.exact import Floats
from workers.reports.analyses.base import Found
from workers.reports.analyses.vulnerability import columns_of
from workers.reports.columns_file import ColumnsFile
from workers.reports.views.images import options_of, parts
from workers.reports.views.penultimate import penultimate_of

#: Significant digits of a place on the plane.
_DIGITS = 6


def write(file: ColumnsFile, report: Report, found: Found) -> None:
    """Place all images."""
    read: dict[str, list[Floats]] = {"benign": [], "attacked": []}
    for part in parts(found):
        with np.load(part.files[ActivationsFile.ACTIVATIONS], allow_pickle=False) as arrays:
            for name, activations in read.items():
                activations.append(arrays[name])
    benign, attacked = (np.concatenate(activations) for activations in read.values())
    rows = columns_of(found, ("index", "label", "predicted", "adversarial", "fooled"))
    last = penultimate_of(found)
    assert last is not None  # there are activations
    methods: dict[str, Method] = {"embedding": "pca"}
    if options_of(found).embedding == "tsne":
        methods["embedding.tsne"] = "tsne"
    else:
        file.missing[TSNE] = 'not asked for: `neurons.vulnerability.embedding` was "pca"'
    for name, method in methods.items():
        before, after = embed(benign, attacked, method, found.request.seed)
        view = EmbeddingView(
            method=method,
            layer=last.name,
            **{name: tuple(column.tolist()) for name, column in rows.items()},
            benign=_plane(before),
            attacked=_plane(after),
        )
        file.text(name, view.model_dump_json())


def _plane(places: Floats) -> Plane:
    x, y = (tuple(float(f"{value:.{_DIGITS}g}") for value in column) for column in places.T.tolist())
    return Plane(x=x, y=y)
