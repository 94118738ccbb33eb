"""Uploaded data sets: metadata, inspection result, and the API's answer."""

from typing import Annotated, Literal

from pydantic import Field

from openapi.base import Frozen, Timestamp
from openapi.problems import Problem

_Side = Annotated[int, Field(ge=1, le=65_536)]


class DatasetMetadata(Frozen):
    """The JSON beside an uploaded data set."""

    name: str | None = Field(None, min_length=1, max_length=200)
    layout: Literal["NCHW", "NHWC"] | None = Field(None, description="Of the arrays in an .npz; inferred when absent")
    labels: tuple[str, ...] | None = Field(None, description="Class names in label order")
    split: str | None = Field(None, description="e.g. train or test; recorded in the report")
    resize: tuple[_Side, _Side] | None = Field(
        None, description="[height, width] that decoded image files are resized to"
    )


class DatasetInspection(Frozen):
    """What a confined worker found: the result of the `inspect_dataset` job."""

    num_samples: int
    shape: tuple[int, int, int] = Field(description="[channels, height, width]")
    dtype: Literal["uint8", "float32"]
    num_classes: int = Field(description="Largest label + 1")
    class_counts: tuple[int, ...]
    labels: tuple[str, ...] | None = None
    resize: str = Field("none", description="The resizing rule that was applied, in words")
    warnings: tuple[str, ...] = ()


class DatasetInfo(Frozen):
    """A data set as the API answers it."""

    id: str
    name: str
    sha256: str
    size: int
    status: Literal["inspecting", "ready", "rejected"]
    problem: Problem | None = None
    split: str | None = None
    labels: tuple[str, ...] | None = None
    num_samples: int | None = None
    shape: tuple[int, int, int] | None = None
    num_classes: int | None = None
    class_counts: tuple[int, ...] | None = None
    inspection: DatasetInspection | None = None
    metadata: DatasetMetadata = Field(DatasetMetadata(), description="What was said of it at the upload")
    created_at: Timestamp
