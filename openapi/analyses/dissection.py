"""Which concepts the units of a layer detect, and whether those are the sensitive ones (part of `explain`)."""

from pydantic import Field

from openapi.base import MOST, Frozen, Id
from openapi.stages.analysis import SliceParams, Work, WorkFile, WorkParams
from openapi.stages.base import Wire


class DissectionOptions(Frozen):
    """Overlap of every unit's highest activations with the masks that come with the images."""

    dataset_id: Id | None = Field(
        None,
        description="Images with masks of concepts, of the model's shape and with any labels; null is the audited data set",
    )
    layer: str | None = Field(None, max_length=500, description="null: the last convolution that keeps places apart")
    quantile: float = Field(0.005, gt=0, lt=1, description="Share of a unit's places that count as its highest")
    iou: float = Field(0.04, gt=0, lt=1, description="A unit above it is a detector of its concept")
    max_samples: int | None = Field(
        None, ge=1, le=MOST, description="Images; null is every evaluated sample, of another data set every image"
    )


class DissectedUnit(Frozen):
    unit: int
    concept: str
    iou: float
    sensitivity: float


class DissectionSection(Frozen):
    layer: str
    dataset_id: str | None = Field(None, description="Of the images; null is the audited data set")
    concepts: tuple[str, ...]
    n: int = Field(description="Images")
    quantile: float
    iou: float
    units: tuple[DissectedUnit, ...] = Field(description="The concept that each unit overlaps with most")
    detectors: int = Field(description="Units above `iou`")
    by_concept: dict[str, int] = Field(description="Concept → its detectors")
    spearman: float | None = Field(description="Between IoU and sigma over all units; null where a side is constant")
    spearman_p: float | None
    mann_whitney_p: float | None = Field(description="That detectors are as sensitive as the rest, two-sided")


class DissectedFile(WorkFile):
    """`counts`: of activations (`ActivationCounts`); `overlaps`: pixels of units and concepts (`Overlaps`); both .npz."""

    COUNTS = "counts"
    OVERLAPS = "overlaps"


class UnitCountsParams(SliceParams):
    """The activations of a layer's units on one slice are counted."""

    layer: str


class ThresholdsParams(WorkParams):
    """From the counts of all slices, which are the inputs, to a threshold a unit."""

    quantile: float


class ThresholdsValue(Wire):
    """Threshold of each unit; None where even its highest activation is too frequent."""

    thresholds: tuple[float | None, ...]


class OverlapsParams(SliceParams):
    """Highest activations and masks on one slice; an input holds the masks."""

    layer: str
    concepts: tuple[str, ...]
    thresholds: tuple[float | None, ...]


class ImagesValue(Wire):
    """Images of the slice."""

    n: int


class OverlapsValue(Wire):
    """Images of the slice, and what was compared."""

    n: int
    layer: str
    concepts: tuple[str, ...]


UNIT_COUNTS = Work("unit_counts", UnitCountsParams, ImagesValue)
THRESHOLDS = Work("unit_thresholds", ThresholdsParams, ThresholdsValue)
OVERLAPS = Work("unit_overlaps", OverlapsParams, OverlapsValue)

DEFINITIONS = {
    "dissection": "Network Dissection (Bau et al. 2017): IoU over all images of the places where a unit is among its "
    "highest activations (an order statistic of all images, to the width of a bin of 2^-7) with the concept's mask, at the "
    "masks' size; the best concept names the unit. Spearman's correlation of IoU and sigma, and the Mann-Whitney test of "
    "detectors against the rest, are ours",
}
