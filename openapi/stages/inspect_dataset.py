"""Stage `inspect_dataset`: an uploaded data set (input ``file``) → decoded arrays and what was found."""

from enum import StrEnum

from openapi.datasets import DatasetInspection, DatasetMetadata
from openapi.stages.base import Wire


class InspectDatasetFile(StrEnum):
    """`x`: (n, c, h, w) uint8 or float32; `y`: (n,) class numbers; both .npy. `contact_sheet`: a PNG of some samples.
    `masks`: (n, concepts, h, w) bool .npy, where the images come with masks."""

    X = "x"
    Y = "y"
    MASKS = "masks"
    CONTACT_SHEET = "contact_sheet"


class InspectDatasetParams(Wire):
    """The upload's metadata, and the file's name."""

    metadata: DatasetMetadata = DatasetMetadata()
    filename: str = ""


class InspectDatasetValue(DatasetInspection, Wire):
    """What was found in the file."""
