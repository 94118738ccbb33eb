"""The matrix of true × adversarial label in the file of columns: the text ``matrix``, a `MatrixView`."""

from collections import Counter

import numpy as np

from openapi.report import Report
from openapi.views.images import Cell, MatrixView
from workers.reports.analyses.base import Found
from workers.reports.analyses.vulnerability import columns_of
from workers.reports.columns_file import ColumnsFile
from workers.reports.views.images import options_of


def write(file: ColumnsFile, report: Report, found: Found) -> None:
    """Count the images."""
    rows = columns_of(found, ("label", "predicted", "adversarial", "fooled"))
    correct, fooled = rows["label"] == rows["predicted"], rows["fooled"]
    pairs = np.stack([rows["label"], rows["adversarial"]], 1)
    counts = [Counter(map(tuple, pairs[which].tolist())) for which in (slice(None), correct, fooled)]
    view = MatrixView(
        attack=options_of(found).attack.facts.label,
        n=len(pairs),
        correct=int(correct.sum()),
        fooled=int(fooled.sum()),
        num_classes=report.model.num_classes,
        classes=report.model.labels,
        cells=tuple(
            Cell(label=t, adversarial=s, n=n, correct=counts[1][t, s], fooled=counts[2][t, s])
            for (t, s), n in sorted(counts[0].items())
        ),
    )
    file.text("matrix", view.model_dump_json())
