"""`GET /audits/{id}/matrix`, `/images` and `/images/{index}`."""

from typing import Literal

from pydantic import Field

from openapi.views.base import Listing, Picture, View, example

ImageSort = Literal["index", "linf", "l2", "benign_probability", "adversarial_probability"]


class Cell(View):
    """Images of one true class that are taken for one class under attack."""

    label: int
    adversarial: int
    n: int
    correct: int = Field(description="Of them, those that are classified correctly without the attack")
    fooled: int = Field(description="Of them, those that the attack fooled: correct before, wrong after")


class MatrixView(View):
    """True × adversarial label; cells without an image are left out."""

    model_config = example(
        attack="PGD", n=100, correct=92, fooled=60, num_classes=3, classes=["cat", "dog", "owl"],
        cells=[{"label": 0, "adversarial": 1, "n": 24, "correct": 22, "fooled": 22}],
    )  # fmt: skip

    attack: str
    n: int
    correct: int
    fooled: int
    num_classes: int
    classes: tuple[str, ...] | None = Field(description="Names of the classes, where they have any")
    cells: tuple[Cell, ...]


class BothClasses(View):
    """Probabilities in one image."""

    predicted: float = Field(description="Of the class of the benign image")
    adversarial: float = Field(description="Of the class of the adversarial image")


class BothImages(View):
    benign: BothClasses
    attacked: BothClasses


class Perturbation(View):
    """x' - x in pixels in [0, 1]."""

    linf: float
    l2: float


_IMAGE = {
    "index": 17, "label": 3, "predicted": 3, "adversarial": 5, "correct": True, "fooled": True,
    "probabilities": {
        "benign": {"predicted": 0.93, "adversarial": 0.04}, "attacked": {"predicted": 0.1, "adversarial": 0.83},
    },
    "perturbation": {"linf": 0.0314, "l2": 1.2}, "fields": False,
    "pictures": [
        {"what": "benign", "href": "/v1/audits/aud_1/images/17/benign.png", "alt": "Image 17: cat, taken for cat"}
    ],
}  # fmt: skip


class ImageView(View):
    """One image, benign and under the attack of `neurons.vulnerability`."""

    model_config = example(**_IMAGE)

    index: int = Field(description="Its number in the data set")
    label: int
    predicted: int
    adversarial: int = Field(description="Its class under attack")
    correct: bool
    fooled: bool
    probabilities: BothImages
    perturbation: Perturbation
    fields: bool = Field(
        description="Whether there are pictures of neurons' fields in it, as `field-benign.png?neurons=3`"
    )
    pictures: tuple[Picture, ...]


class ImagesPage(Listing):
    attack: str
    sort: ImageSort
    n: int = Field(description="Images in all pages")
    items: tuple[ImageView, ...]


class ClassProbability(View):
    label: int
    name: str | None
    benign: float
    attacked: float


class Curve(View):
    """Of every neuron its contribution to one class, and the confidence band of the images of that class."""

    label: int
    contribution: tuple[float, ...]
    low: tuple[float, ...] | None = Field(description="Null where no benign image is taken for the class")
    high: tuple[float, ...] | None


class Curves(View):
    benign: Curve = Field(description="c_i(x, y_b): of the benign image to its class")
    adversarial: Curve = Field(description="c_i(x', y_a): of the adversarial image to its class")


class ImageDetail(ImageView):
    """One image with its curves over the neurons of `layer`, and all its pictures."""

    model_config = example(
        **_IMAGE, attack="PGD", layer="features.8",
        classes=[{"label": 3, "name": "cat", "benign": 0.93, "attacked": 0.1}],
        curves={
            "benign": {"label": 3, "contribution": [0.4], "low": [0.1], "high": [0.9]},
            "adversarial": {"label": 5, "contribution": [0.8], "low": [0.2], "high": [0.7]},
        },
    )  # fmt: skip

    attack: str
    layer: str
    classes: tuple[ClassProbability, ...] = Field(description="Probabilities, the largest of either image first")
    curves: Curves
