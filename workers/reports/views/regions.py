"""Searched images in the file of columns: the lines ``regions`` (`RegionView`), and a row each of ``regions.*``.

index, label; vulnerable: whether a pixel decides; hits: the first row of its hits, and one row more; segments (h, w):
the region of every pixel; pictures. ``hits.*``, a row a hit: y, x, label, value (channels,).
"""

from pathlib import Path

import numpy as np

from openapi.analyses.regions import RegionSection
from openapi.views.explanations import RegionView
from workers.reports.columns_file import ColumnsFile
from workers.reports.views import paint
from workers.reports.views.drawn import draw, drawn


def write(file: ColumnsFile, audit: str, section: RegionSection, regions: Path) -> None:
    """regions: the artifact of that name, whose rows are the section's samples."""
    with np.load(regions, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    assert arrays["index"].tolist() == [sample.index for sample in section.samples]
    order = np.argsort(arrays["hit_sample"], kind="stable")
    file.array("regions.index", arrays["index"], "i8")
    first = np.searchsorted(arrays["hit_sample"][order], np.arange(len(arrays["index"]) + 1))
    file.array("regions.hits", first, "i8")
    file.array("regions.label", [sample.label for sample in section.samples], "i4")
    file.array("regions.vulnerable", [sample.vulnerable_regions > 0 for sample in section.samples], "u1")
    file.array("regions.segments", arrays["segments"], "i4")
    for name, column, type in (("y", "hit_y", "i4"), ("x", "hit_x", "i4"), ("label", "hit_class", "i4")):
        file.array(f"hits.{name}", arrays[column][order], type)  # type: ignore[arg-type]  # one of the types
    file.array("hits.value", arrays["hit_value"][order], "f4")
    draw(
        file, "regions", "regions", paint.regions(arrays["x"], arrays["segments"], arrays["vulnerable"]),
        "Image {index} in grey with the borders of its regions; in red the single pixels that decide",
    )  # fmt: skip
    views = (
        RegionView(**dict(sample), pictures=drawn(file, "regions", audit, sample.index)) for sample in section.samples
    )
    file.lines("regions", (view.model_dump_json() for view in views))
