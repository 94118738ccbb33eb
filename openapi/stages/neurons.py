"""Stage `neurons`: sensitivity sums over the dual pairs of one slice of a data set. Inputs: ``model``, ``x``, ``y``."""

from enum import StrEnum

from pydantic import Field

from openapi.analyses.sensitivity import SensitivityOptions
from openapi.stages.base import Choice, Wire, is_none
from openapi.stages.model_contract import ModelContract


class NeuronsFile(StrEnum):
    """`sums`: an .npz of float64 totals that merge exactly; `pairs`: an .npz of the pairs, where they are kept."""

    SUMS = "sums"
    PAIRS = "pairs"


class NeuronsParams(Wire):
    """The chosen samples ``start..stop``; `neurons.max_samples` counts from the first of all chosen ones."""

    model: ModelContract
    neurons: SensitivityOptions
    start: int
    stop: int
    seed: int = 0
    keep_examples: bool = False
    choice: Choice | None = Field(None, exclude_if=is_none)


class NeuronsValue(Wire):
    """Pairs summed, the layers, and what each layer was really tapped at."""

    n: int
    layers: tuple[str, ...]
    taps: dict[str, str]
    seconds: float
