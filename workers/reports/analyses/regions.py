"""The report's part of regions: samples of all slices, what budgets find, and density against meaning."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from openapi.analyses.regions import (
    BudgetCurve,
    DensityCorrelation,
    PixelCurve,
    RegionFile,
    RegionOptions,
    RegionSample,
    RegionSection,
    RegionValue,
)
from openapi.report import Report
from openapi.text import counted
from workers.jobs.rows_file import RowsFile
from workers.regions.summary import density_against_semantics, success_curve
from workers.reports.analyses.base import Found, Merged, Output, View
from workers.reports.figures import Figure
from workers.reports.formatting import class_text
from workers.reports.plots import scatter
from workers.reports.svg import Series, accuracy_chart

#: Samples that the page lists.
_LISTED = 12


def merge(options: RegionOptions, found: Found) -> Merged:
    """Put the slices together."""
    values = [r.value for r in found.of("regions") if isinstance(r.value, RegionValue)]
    samples = _samples(found)
    if not samples:
        return Merged(None, "the model gets none of the samples right")
    budget = values[0].budget
    budgets, success = success_curve([s.needed_budget for s in samples], budget)
    within = [
        sum(s.few_pixels is not None and s.few_pixels <= k for s in samples) for k in range(1, options.pixels + 1)
    ]
    section = RegionSection(
        segmentation=options.segmentation,
        values=options.values,
        budget=budget,
        semantic=values[0].semantic,
        n=len(samples),
        vulnerable=sum(s.vulnerable_regions > 0 for s in samples),
        queries=sum(s.queries for s in samples),
        samples=tuple(samples),
        curve=BudgetCurve(budget=tuple(budgets), success=tuple(success)),
        few_pixels=PixelCurve(
            pixels=tuple(range(1, options.pixels + 1)), success=tuple(count / len(samples) for count in within)
        ),
        spearman=DensityCorrelation(**density_against_semantics([s.regions for s in samples])),
    )
    return Merged(
        section,
        f"{section.vulnerable} of {counted(section.n, 'image')} with a pixel that decides; "
        f"{counted(section.queries, 'query')}",
        {"images": section.n, "vulnerable": section.vulnerable, "queries": section.queries},
    )


def _samples(found: Found) -> list[RegionSample]:
    lines = (r.files[RegionFile.ROWS].read_text(encoding="utf-8").splitlines() for r in found.of("regions"))
    return [RegionSample.model_validate_json(line) for part in lines for line in part]


def keep(options: RegionOptions, found: Found, output: Output) -> None:
    """The artifact `regions`: the slices' arrays, one shard in memory at a time."""
    parts = [result.files[RegionFile.ARRAYS] for result in found.of("regions")]
    if not parts:
        return
    columns = _columns(parts)
    whole, before = RowsFile(output("regions", "regions.npz", "regions", "npz"), columns), 0
    for part in parts:
        with np.load(part, allow_pickle=False) as arrays:
            rows = {name: arrays[name] for name in columns}
        for name in {"hit_sample", "few_sample"} & rows.keys():
            rows[name] = rows[name] + before
        before += len(rows["index"])
        whole.add(**rows)
    whole.close()


def _columns(parts: Sequence[Path]) -> dict[str, tuple[str, int]]:
    """Type and dimensions of the columns that all parts have: workers of the version before leave fewer."""
    with np.load(parts[0], allow_pickle=False) as first:
        columns = {name: (first[name].dtype.str, first[name].ndim) for name in first.files}
    for part in parts[1:]:
        with np.load(part, allow_pickle=False) as arrays:
            columns = {name: kind for name, kind in columns.items() if name in arrays.files}
    return columns


def view(section: RegionSection, report: Report) -> View:
    """Success against budget, and the images with most vulnerable pixels."""
    charts = [
        _figure(
            "Images with a pixel that decides, against budget",
            "share of each region's pixels tried",
            section.curve.budget,
            section.curve.success,
            "The share of images for which so large a part of every region's pixels holds one that decides. An early "
            "rise means that many pixels do; a late one, usual for networks that withstand single pixels, that they "
            "must be searched for.",
        ),
        *_density(section),
    ]
    if len(section.few_pixels.pixels) > 1:
        charts.append(
            _figure(
                "Images fooled, against pixels painted",
                "pixels",
                section.few_pixels.pixels,
                section.few_pixels.success,
                "The share of images that so many painted pixels fool, found one after the other. Most of the rise in"
                " the first step is unusual.",
                measured=lambda pixels: f"{pixels:.0f}",
            )
        )
    worst = sorted(section.samples, key=lambda s: (-sum(r.vulnerable for r in s.regions), s.index))[:_LISTED]
    return {
        "charts": charts,
        "samples": [
            {
                "index": s.index,
                "label": class_text(s.label, report.model.labels),
                "vulnerable": sum(r.vulnerable for r in s.regions),
                "tried": sum(r.tried for r in s.regions),
                "regions": f"{s.vulnerable_regions} of {len(s.regions)}",
                "densest": max((r.density for r in s.regions), default=0.0),
                "classes": ", ".join(
                    class_text(int(c), report.model.labels)
                    for c in dict.fromkeys(c for r in s.regions for c in r.classes)
                ),
            }
            for s in worst
        ],
    }


def _figure(
    title: str,
    axis: str,
    at: Sequence[float],
    success: Sequence[float],
    says: str,
    measured: Callable[[float], str] | None = None,
) -> Figure:
    line = Series("images", [(float(a), s) for a, s in zip(at, success, strict=True)], 1)
    return Figure(title, accuracy_chart(title, axis, [line], measured=measured), says=says)


def _density(section: RegionSection) -> list[Figure]:
    """Density of vulnerable pixels against meaning, a point a region."""
    regions = [r for sample in section.samples for r in sample.regions if r.semantic is not None]
    points = [(float(r.semantic or 0.0), r.density) for r in regions]
    if not points or not any(density for _, density in points):
        return []
    says = (
        "Each point is a region of an image: to the right it means more, upwards more of its pixels decide. No "
        "direction is expected; a clear slope says that single pixels work on, or beside, what the image shows."
    )
    meaning = "share of the class activation map" if section.semantic == "cam_mass" else "entropy of the grey levels"
    title = "Density of deciding pixels against meaning"
    return [Figure(title, scatter(title, f"{meaning} (upwards: density)", points), says=says)]
