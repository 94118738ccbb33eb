"""Stage `inspect_dataset`: an uploaded file → decoded arrays, labels, contact sheet, and what was found."""

from typing import Any

from openapi.datasets import DatasetMetadata
from workers.datasets import convert_dataset
from workers.jobs.context import JobContext


def run(ctx: JobContext) -> dict[str, Any]:
    """Input `file`, param `metadata` (DatasetMetadata) → files `x`, `y`, `contact_sheet`; value: DatasetInspection."""
    found = convert_dataset(
        ctx.inputs["file"],
        DatasetMetadata.model_validate(ctx.params.get("metadata") or {}),
        x_path=ctx.output("x", "x.npy", "data", "npy"),
        y_path=ctx.output("y", "y.npy", "data", "npy"),
        contact_sheet=ctx.output("contact_sheet", "contact_sheet.png", "contact_sheet", "png"),
        progress=lambda done, total: ctx.progress(done, total, "samples", "decode"),
    )
    return found.model_dump(mode="json")
