"""`GET /audits/{id}/layers`."""

from pydantic import Field

from openapi.analyses.similarity import LayerSimilarity
from openapi.analyses.sweep import SweptLayer
from openapi.base import Eps
from openapi.views.base import Listing, View, example


class LayerSweep(View):
    """The layer against ε, at each tap."""

    eps: tuple[Eps, ...]
    taps: tuple[SweptLayer, ...]


class LayerView(View):
    """One layer, in order of execution. What was not measured is null."""

    model_config = example(
        name="features.0", paper_name="conv1", kind="conv", neurons=64, depth=0, tap="conv",
        sensitivity={"mean": 0.021, "max": 0.055}, ratio={"mean": 0.11, "max": 0.4, "mean_top": 0.2, "of_means": 0.1},
        skipped=0, omega=[3, 17, 40], dead=[12], sweep=None, similarity=None, measures=[],
    )  # fmt: skip

    name: str
    paper_name: str | None = Field(
        None, description="What the papers call it (conv1, fc1, l1b1c2): other calls take either name"
    )
    kind: str = Field(description="`penultimate` where the last layer reads several layers together")
    neurons: int
    depth: int | None
    tap: str | None = Field(description="Where the layer was tapped for sigma")
    sensitivity: dict[str, float] | None = Field(description="`mean` and `max` over neurons of sigma (SNS, Eq. 1)")
    ratio: dict[str, float | None] | None = Field(
        description="Of sigma_ratio (SNS, Eq. 11): `mean`, `max`, `mean_top` over Omega, and `of_means` (ours)"
    )
    skipped: int | None = Field(description="Pairs of sample and neuron that the ratio leaves out")
    omega: tuple[int, ...] | None = Field(description="The top fraction of the neurons by sigma (SNS, Eq. 2)")
    dead: tuple[int, ...] | None = Field(description="Neurons that are 0 on all samples")
    sweep: LayerSweep | None
    similarity: LayerSimilarity | None
    measures: tuple[str, ...] = Field(description="By which /neurons sorts them, beside sensitivity and ratio")


class LayersPage(Listing):
    items: tuple[LayerView, ...]
