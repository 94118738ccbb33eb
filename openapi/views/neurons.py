"""`GET /audits/{id}/neurons` and `/neurons/{layer}/{neuron}`."""

from typing import Literal

from pydantic import Field

from openapi.analyses.vulnerability import MAP_MEASURES, MEASURES
from openapi.views.base import Listing, Picture, View, example

#: Measures of vulnerability in the order of the stored rows.
ALL_MEASURES = (*MEASURES, "deviation")
#: And those that windows add, over all images that have maps, or one.
WINDOW_MEASURES = MAP_MEASURES
NeuronSort = Literal[
    "neuron", "sensitivity", "ratio", "change", "benign_delta", "adversarial_delta", "cross", "benign_drop",
    "adversarial_rise", "deviation", "map_benign", "map_adversarial",
]  # fmt: skip
#: Sorted from the least on; all others from the largest.
ASCENDING = ("neuron", "benign_delta")

_MEASURES = {
    "change": 0.42, "benign_delta": -0.31, "adversarial_delta": 0.27, "cross": 0.9, "benign_drop": 0.02,
    "adversarial_rise": 0.01, "deviation": 0.05,
}  # fmt: skip


class NeuronView(View):
    """One neuron; what was not measured of it is null."""

    model_config = example(neuron=17, sensitivity=0.055, ratio=0.4, rank=1, skipped=0, dead=False, measures=_MEASURES)

    neuron: int
    sensitivity: float | None = Field(description="sigma (SNS, Eq. 1), over all pairs")
    ratio: float | None = Field(description="sigma_ratio (SNS, Eq. 11)")
    rank: int | None = Field(description="By sigma in its layer")
    skipped: int | None = Field(description="Samples that the ratio leaves out")
    dead: bool | None
    measures: dict[str, float] | None = Field(
        description="Of vulnerability, over the images that `n` counts; see the report's definitions"
    )


class NeuronsPage(Listing):
    """Neurons of a layer: over all fooled images, those of a cell of the matrix, or one image."""

    layer: str
    sort: NeuronSort
    n: int | None = Field(description="Images that the measures are means over; null where there are none")
    items: tuple[NeuronView, ...]


class ClassBand(View):
    """The neuron's contribution to a class, over the benign images that are taken for it."""

    label: int
    name: str | None
    n: int
    mean: float
    low: float = Field(description="The confidence band: mean - z sd")
    high: float


class ExcitingImage(View):
    """An image that excites the neuron, with its activation there and in its adversarial twin."""

    index: int
    label: int
    activation: float
    activation_adv: float
    fields: bool = Field(description="As of an image in /images")
    pictures: tuple[Picture, ...]


class Exciting(View):
    """The images with the largest activations, largest first."""

    benign: tuple[ExcitingImage, ...]
    adversarial: tuple[ExcitingImage, ...] | None = Field(
        description="Null of neurons of `receptive_fields`, which look through benign images alone"
    )


class OwnCluster(View):
    """The neuron's cluster where the dendrogram is cut into `count`."""

    count: int
    cluster: int
    neurons: tuple[int, ...]


class NeuronDetail(NeuronView):
    """One neuron with all that is known of it."""

    model_config = example(
        neuron=17, sensitivity=0.055, ratio=0.4, rank=1, skipped=0, dead=False, measures=_MEASURES, layer="features.8",
        origin=None,
        bands=[{"label": 3, "name": "cat", "n": 98, "mean": 0.61, "low": 0.2, "high": 1.02}],
        images={"benign": [], "adversarial": []}, cluster={"count": 8, "cluster": 2, "neurons": [4, 17]},
    )  # fmt: skip

    layer: str
    origin: str | None = Field(description="Layer and channel, where the last layer reads several layers together")
    bands: tuple[ClassBand, ...] | None = Field(description="c_i(x, y) by class y; null of other layers")
    images: Exciting | None = Field(
        description="Of every neuron of the layer that the last layer reads (`vulnerability`), and of the most and the "
        "least sensitive ones of the layers of `receptive_fields`; else null"
    )
    cluster: OwnCluster | None
