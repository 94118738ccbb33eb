"""The report as a folder, in one zip: an index, a file a figure and a table, and the sheets' pictures.

The figures are those of the page: `parts` collects what both show.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from openapi.report import Report
from workers.reports import charts
from workers.reports.analyses import own_views, views
from workers.reports.figures import Figure, standalone
from workers.reports.tables import tables
from workers.reports.templating import environment, page_style

#: A fixed date: equal reports give equal bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Part:
    """Figures that belong together, under the name of an analysis or of a section of the page."""

    name: str
    title: str
    figures: Sequence[Figure]


def parts(report: Report, files: Mapping[str, Path] = MappingProxyType({})) -> list[Part]:
    """Everything that is drawn, in the order of the page. files: those that analyses left, by key."""
    found = [Part("attacks", "Robust accuracy under attack", charts.of_attacks(report))]
    if report.neurons is not None:
        layers = report.neurons.layers
        drawn = [*charts.by_depth(layers), *(charts.sorted_sensitivity(layer) for layer in layers)]
        found.append(Part("neurons", "Which neurons tremble", drawn))
    found += [Part(v.name, v.title, v.figures) for v in (*views(report, files), *own_views(report, files))]
    hardening = report.model_dump(mode="json")["hardening"]
    found.append(Part("hardening", "Hardening", [*charts.epochs(hardening), *charts.by_layer(hardening)]))
    return [part for part in found if part.figures]


def write_study(target: Path, report: Report, files: Mapping[str, Path] = MappingProxyType({})) -> None:
    """Write ``index.html``, ``figures/*.svg`` and ``tables/*.csv`` into a zip file. files: as of `parts`."""
    drawn = [
        (part.title, [(f"figures/{_name(part.name, i, f)}.svg", f) for i, f in enumerate(part.figures, 1)])
        for part in parts(report, files)
    ]
    written = tables(report.model_dump(mode="json"))
    index = (
        environment()
        .get_template("study.html")
        .render(
            r=report.model_dump(mode="json"),
            style=page_style(),
            parts=drawn,
            tables=[(f"tables/{table.name}.csv", len(table.rows), len(table.columns)) for table in written],
            pictures=[artifact.name for artifact in report.artifacts if artifact.format == "png"],
            arrays=[artifact.name for artifact in report.artifacts if artifact.format == "npz"],
        )
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "index.html", index)
        for _, figures in drawn:
            for name, figure in figures:
                _add(archive, name, standalone(figure))
        for table in written:
            _add(archive, f"tables/{table.name}.csv", table.csv())


def _name(part: str, number: int, figure: Figure) -> str:
    """Letters, digits and hyphens, whatever a title holds."""
    words = re.sub(r"[^a-z0-9]+", "-", figure.title.lower()).strip("-")
    return f"{part}-{number:02d}-{words[:60].strip('-')}".rstrip("-")


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(zipfile.ZipInfo(name, _DATE), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
