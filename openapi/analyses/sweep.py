"""Sensitivity against ε, layer by layer, before and after activation (SNS, Table II and Fig. 14)."""

from pydantic import Field

from openapi.analyses.base import Analysis
from openapi.analyses.sensitivity import Tap
from openapi.base import MOST, Eps, EpsChange, Frozen
from openapi.stages.analysis import SliceParams, Work
from openapi.stages.base import Wire


class SweepOptions(Frozen):
    """Dual pairs are made anew at every eps, with the steps of `neurons`; step size eps / sqrt(steps)."""

    eps: tuple[EpsChange, ...] = Field(
        tuple(i / 255 for i in range(1, 9)), min_length=1, max_length=64, description="L-infinity eps of the pairs"
    )
    taps: tuple[Tap, ...] = Field(("conv", "act"), min_length=1, max_length=4)
    max_samples: int | None = Field(None, ge=1, le=MOST, description="Pairs at each eps; null is every sample")


class SweptLayer(Frozen):
    """A layer at one tap; of each eps the mean over its neurons, null where none has a value."""

    name: str
    tap: str = Field(description="Where the layer was really tapped")
    ratio: tuple[float | None, ...] = Field(description="sigma_ratio (Eq. 11)")
    sensitivity: tuple[float, ...] = Field(description="sigma (Eq. 1)")


class SweepSection(Frozen):
    """Layers in order of execution, tap by tap."""

    eps: tuple[Eps, ...]
    n: int = Field(description="Pairs at each eps")
    layers: tuple[SweptLayer, ...]


class SweepParams(SliceParams):
    """Pairs of one eps."""

    eps: float
    steps: int
    taps: tuple[Tap, ...]


class SweepValue(Wire):
    """Pairs summed, and for each tap what each layer was really tapped at."""

    n: int
    taps: dict[Tap, dict[str, str]]


def sums_file(tap: str) -> str:
    """The file with the sums of a tap, as of the stage `neurons`."""
    return f"sums_{tap}"


WORK = Work("sweep", SweepParams, SweepValue)
SWEEP = Analysis(
    "sweep",
    "Sensitivity against ε (SNS, Table II, Fig. 14)",
    SweepOptions,
    SweepSection,
    (WORK,),
    {
        "": "mean over a layer's neurons of sigma (Eq. 1) and of sigma_ratio (Eq. 11) with pairs of each eps, PGD with "
        "the steps of the analysis and step size eps / sqrt(steps) (SNS, Table II and Fig. 14)",
    },
)
