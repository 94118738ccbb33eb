"""The neurons' dendrogram in the file of columns.

``clusters.linkage`` (m − 1, 4), ``clusters.order`` (m,), ``clusters.roles`` (2m − 1, classes): of every cluster that
the dendrogram knows, neurons first, the mean role. Fact ``clusters``: linkage and classes. Text ``dendrogram``.
"""

from pathlib import Path

import numpy as np

from openapi.report import Report
from openapi.views.clusters import DendrogramView
from workers.neurons.exact import Floats
from workers.reports.analyses.base import Found
from workers.reports.analyses.vulnerability import totals_of
from workers.reports.columns_file import ColumnsFile
from workers.reports.views.images import options_of
from workers.reports.views.penultimate import penultimate_of


def write(file: ColumnsFile, report: Report, found: Found, clusters: Path) -> None:
    """clusters: the artifact of that name."""
    last = penultimate_of(found)
    assert last is not None  # there are clusters
    with np.load(clusters, allow_pickle=False) as arrays:
        tree, order, roles = arrays["linkage"], arrays["order"], arrays["roles"]
    linkage = options_of(found).linkage
    file.array("clusters.linkage", tree, "f8")
    file.array("clusters.order", order, "i4")
    file.array("clusters.roles", _mean_roles(tree, roles), "f8")
    classes = np.flatnonzero(totals_of(found)[1].count).tolist()
    file.facts["clusters"] = {"linkage": linkage, "classes": classes}
    merges = tuple((int(a), int(b), float(height), int(n)) for a, b, height, n in tree)
    view = DendrogramView(layer=last.name, linkage=linkage, merges=merges, order=tuple(order.tolist()))
    file.text("dendrogram", view.model_dump_json())


def _mean_roles(tree: Floats, roles: Floats) -> Floats:
    m = len(roles)
    means = np.concatenate([roles, np.zeros((m - 1, roles.shape[1]))])
    sizes = np.concatenate([np.ones(m), tree[:, 3]])
    for i, (a, b) in enumerate(tree[:, :2].astype(np.int64)):
        means[m + i] = (means[a] * sizes[a] + means[b] * sizes[b]) / sizes[m + i]
    return means
