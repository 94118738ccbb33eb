"""The file of columns that the calls about analyses are answered from: a module a part, each with a ``write``.

A part that cannot be had is told of in the file, with the reason that the report's checks give.
"""

from collections.abc import Mapping
from pathlib import Path

from openapi.report import Report
from openapi.views.base import EXPLAIN, MAPS, NEURONS, RECEPTIVE_FIELDS, REGIONS, VULNERABILITY
from workers.reports.analyses.base import Found
from workers.reports.columns_file import ColumnsFile
from workers.reports.views import (
    clusters,
    embedding,
    explanations,
    images,
    layers,
    maps,
    matrix,
    neurons,
    receptive_fields,
    regions,
)


def write_views(path: Path, report: Report, found: Found, kept: Mapping[str, Path]) -> None:
    """Write what the calls about this audit answer. found: with the report's σ; kept: the files that analyses left."""
    with ColumnsFile(path) as file:
        details = {check.id: check.detail for check in report.checks}
        if report.neurons is None:
            file.missing[NEURONS] = details["neurons"]
        layers.write(file, report, found)
        if any(True for _ in images.parts(found)):
            for part in (images, matrix, neurons, embedding):
                part.write(file, report, found)
            if "clusters" in kept:
                clusters.write(file, report, found, kept["clusters"])
            if "vulnerability_maps" not in kept:
                file.missing[MAPS] = maps.missing(found)
            elif report.model.input.shape is None:
                file.missing[MAPS] = "the model takes images of any size"
            else:
                maps.write(file, found, kept["vulnerability_maps"], report.model.input.shape)
        else:
            file.missing[VULNERABILITY] = details.get(VULNERABILITY, details["neurons"])
        if "receptive_fields" in kept:
            receptive_fields.write(file, kept["receptive_fields"])
        else:
            file.missing[RECEPTIVE_FIELDS] = details.get(RECEPTIVE_FIELDS, details["neurons"])
        if report.explain is not None and report.explain.n and "explanations" in kept:
            explanations.write(file, report.id, report.explain, kept["explanations"])
        else:
            file.missing[EXPLAIN] = details[EXPLAIN]
        if report.regions is not None and "regions" in kept:
            regions.write(file, report.id, report.regions, kept["regions"])
        else:
            file.missing[REGIONS] = details[REGIONS]
