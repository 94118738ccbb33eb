"""In which regions of an image a single pixel decides: one-pixel search by segments."""

from typing import Literal

from pydantic import Field

from openapi.analyses.base import Analysis
from openapi.base import MOST, Frozen
from openapi.stages.analysis import SliceParams, Work, WorkFile
from openapi.stages.base import Wire, is_none

Segmentation = Literal["slic", "felzenszwalb", "grid", "cam", "masks"]
PixelValues = Literal["corners", "minmax", "random", "de"]
Semantic = Literal["cam_mass", "entropy"]

#: Without a budget so many pixels of an image are tried: all of 32×32.
USUAL_PIXELS = 1024


class RegionOptions(Frozen):
    """Every pixel of every region of the images that the model gets right, with every value: black box."""

    segmentation: Segmentation = Field(
        "slic",
        description="How images are cut; `cam`: between quantiles of the true class's activation map; `masks`: by those "
        "of the data set",
    )
    segments: int = Field(12, ge=1, le=1000, description="Regions an image, about")
    values: PixelValues = Field(
        "corners",
        description="Of a pixel: the corners of the colour cube, black and white, eight random ones, or evolved ones",
    )
    budget: float | None = Field(
        None,
        gt=0,
        le=1,
        description=f"Share of each region's pixels that are tried; null is all up to {USUAL_PIXELS} pixels an image, "
        "else about so many",
    )
    semantic: Semantic | None = Field(
        None,
        description="A region's meaning: its share of the class activation map, or the entropy of its grey "
        "levels; null is the first where the model has a map",
    )
    pixels: int = Field(1, ge=1, le=5, description="Where one pixel does not fool, up to so many are painted greedily")
    max_samples: int | None = Field(100, ge=1, le=MOST, description="Images; null is every evaluated sample")


class Region(Frozen):
    region: int
    pixels: int
    tried: int = Field(description="Pixels searched")
    vulnerable: int = Field(description="Of them with a value that fools")
    density: float = Field(description="vulnerable / tried")
    success_rate: float | None = Field(description="Values that fool by values tried; null where none changes anything")
    first_hit: int | None = Field(description="Queries in the region, in its random order, up to the first that fools")
    classes: dict[str, int] = Field(description="Class reached → hits")
    semantic: float | None
    name: str | None = Field(None, description="Of the mask that it is, with `masks`; `rest` is what none covers")


class RegionSample(Frozen):
    index: int
    label: int
    predicted: int
    vulnerable_regions: int
    queries: int
    needed_budget: float | None = Field(description="Every budget above it finds a vulnerable pixel; null: none does")
    few_pixels: int | None = Field(description="Pixels that fool it, found greedily; null where `pixels` do not")
    regions: tuple[Region, ...]


class BudgetCurve(Frozen):
    """The share of images in which so large a share of every region's pixels finds a vulnerable one."""

    budget: tuple[float, ...]
    success: tuple[float, ...]


class PixelCurve(Frozen):
    """The share of images that at most so many pixels fool."""

    pixels: tuple[int, ...]
    success: tuple[float, ...]


class DensityCorrelation(Frozen):
    """Spearman's correlation of density and semantic amount over all regions; nulls where a side is constant."""

    value: float | None
    n: int
    p: float | None = Field(description="Two-sided, as if regions were independent")
    p_within: float | None = Field(description="By shuffling densities inside each image")


class RegionSection(Frozen):
    segmentation: str
    values: str
    budget: float
    semantic: str
    n: int = Field(description="Images searched: those that the model gets right")
    vulnerable: int = Field(description="Of them with a vulnerable pixel")
    queries: int
    samples: tuple[RegionSample, ...]
    curve: BudgetCurve
    few_pixels: PixelCurve
    spearman: DensityCorrelation


class RegionFile(WorkFile):
    """`rows`: a line of JSON a sample (`RegionSample`); `arrays`: an .npz of segments, counts, hits, and the pixels that fool together."""

    ROWS = "rows"
    ARRAYS = "arrays"


class RegionParams(SliceParams):
    """What is searched on one slice. concepts: names of the masks, which are then an input."""

    segmentation: Segmentation
    segments: int
    values: PixelValues
    budget: float | None
    semantic: Semantic | None
    pixels: int
    concepts: tuple[str, ...] | None = Field(None, exclude_if=is_none)


class RegionValue(Wire):
    """Images searched, and what null options became."""

    n: int
    budget: float
    semantic: Semantic


REGIONS = Analysis(
    "regions",
    "Vulnerability by region (pixel space)",
    RegionOptions,
    RegionSection,
    (Work("regions", RegionParams, RegionValue, version=5),),
    {
        "": "after Analyzing Adversarial Robustness of Deep Neural Networks in Pixel Space (arXiv:2106.09872), known from "
        "its abstract: images are segmented and one-pixel changes are searched region by region",
        "segmentation": "ours: SLIC (grey as lightness) and Felzenszwalb by scikit-image, a grid, quantiles of the class activation map, "
        "or the data set's masks (a pixel of several is the first one's, one of none is of the region `rest`)",
        "success": "ours: a value v with argmax z(x[p <- v]) != y, confirmed by a pass of its own; values that a pixel has "
        "already are not tried",
        "budget": "ours: the share of each region's pixels that are tried, in a random order that the seed fixes",
        "few_pixels": "ours: greedy; beside the pixel with the largest lead the eighth of the tried pixels (64 at least) with the "
        "largest leads alone are tried again, and so on: an upper bound",
        "semantic": "ours: share of the positive class activation of the true class, or Shannon entropy of the grey levels",
        "spearman": "ours: density of vulnerable pixels against semantic amount, over regions; no sign is expected",
    },
    own=True,
    artifacts=("regions",),
)
