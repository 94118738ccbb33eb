"""Stage `inspect_dataset`: an uploaded file → decoded arrays, labels, contact sheet, and what was found."""

from openapi.stages.inspect_dataset import InspectDatasetFile, InspectDatasetParams, InspectDatasetValue
from workers.datasets import convert_dataset
from workers.datasets.concept_masks import MASKS
from workers.jobs.context import JobContext


def run(ctx: JobContext[InspectDatasetParams]) -> InspectDatasetValue:
    """Decode the file and return what was found."""
    found = convert_dataset(
        ctx.inputs["file"],
        ctx.params.metadata,
        x_path=ctx.output(InspectDatasetFile.X, "x.npy", "data", "npy"),
        y_path=ctx.output(InspectDatasetFile.Y, "y.npy", "data", "npy"),
        contact_sheet=ctx.output(InspectDatasetFile.CONTACT_SHEET, "contact_sheet.png", "contact_sheet", "png"),
        progress=lambda done, total: ctx.progress(done, total, "samples", "decode"),
    )
    if found.concepts is not None:
        ctx.output(InspectDatasetFile.MASKS, MASKS, "data", "npy")
    return InspectDatasetValue(**dict(found))
