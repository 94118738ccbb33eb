"""What sensitive neurons look at: the images that excite them most, benign and adversarial, and where (SNS, Figs 4 to 7)."""

from typing import Literal

from pydantic import Field

from openapi.analyses.base import Analysis
from openapi.analyses.sensitivity import Tap
from openapi.base import MOST, Frozen
from openapi.stages.analysis import SliceParams, Work, WorkFile, WorkParams
from openapi.stages.base import Wire

Group = Literal["top", "bottom"]


class ReceptiveFieldOptions(Frozen):
    """The most and the least sensitive live neurons of layers, on the dual pairs and at the tap of `neurons`."""

    layers: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        max_length=1000,
        description="Layers with an activation map, by the file's names or the paper's; null is every such layer",
    )
    neurons: int = Field(3, ge=1, le=16, description="Of each layer, so many of the most and of the least sensitive")
    images: int = Field(5, ge=1, le=16, description="Images that excite a neuron most")
    threshold: float = Field(
        0.25, ge=0, le=1, description="Share of a map's maximum from which on a pixel belongs to the field"
    )
    max_samples: int | None = Field(None, ge=1, le=MOST, description="Images; null is every evaluated sample")


class FieldImage(Frozen):
    """One image; the activations are the largest of the neuron's map."""

    index: int
    activation: float
    activation_adv: float = Field(description="In the image's full-strength adversarial example")
    label: int


class FieldNeuron(Frozen):
    neuron: int
    group: Group
    sensitivity: float = Field(description="sigma (Eq. 1)")
    images: tuple[FieldImage, ...] = Field(description="Those that excite it most, largest activation first")


class FieldLayer(Frozen):
    name: str
    neurons: tuple[FieldNeuron, ...] = Field(description="Most sensitive first, then least sensitive first")


class ReceptiveFieldSection(Frozen):
    n: int = Field(description="Images that were looked through")
    threshold: float
    layers: tuple[FieldLayer, ...]


class ExtremesParams(WorkParams):
    """From the merged sums of σ to the neurons of each layer. Inputs: the sums of all slices."""

    layers: tuple[str, ...]
    count: int


class Extremes(Wire):
    """Live neurons, most and least sensitive first, and their σ."""

    top: tuple[int, ...]
    bottom: tuple[int, ...]
    sensitivity: tuple[float, ...]

    @property
    def neurons(self) -> tuple[int, ...]:
        """All of them: those of `top` go first, as in `sensitivity`."""
        return self.top + self.bottom


class ExtremesValue(Wire):
    """Layer → its neurons."""

    neurons: dict[str, Extremes]


class ExcitationFile(WorkFile):
    """`top`: an .npz of the images that excite each neuron most, of this slice: layer by layer, as they are numbered."""

    TOP = "top"


class ExcitationParams(SliceParams):
    """One benign pass over a slice."""

    images: int
    tap: Tap
    neurons: dict[str, Extremes]


class ExcitationValue(Wire):
    n: int


class FieldsFile(WorkFile):
    """`fields`: an .npz of the pairs of this slice's chosen images and of the neurons' maps in them."""

    FIELDS = "fields"


class FieldsParams(SliceParams):
    """Pairs and maps of those images of the slice that are among the first of all. Inputs: `top.J` of every slice."""

    images: int
    tap: Tap
    eps: float
    steps: int
    step_size: float | None
    threshold: float
    neurons: dict[str, Extremes]


class FieldsValue(Wire):
    """Images of the slice that are among the first of a neuron."""

    n: int


EXTREMES = Work("extremes", ExtremesParams, ExtremesValue)
EXCITATION = Work("excitation", ExcitationParams, ExcitationValue, version=2)
FIELDS = Work("fields", FieldsParams, FieldsValue, version=2)
RECEPTIVE_FIELDS = Analysis(
    "receptive_fields",
    "Receptive fields of sensitive neurons (SNS, Figs 4-7)",
    ReceptiveFieldOptions,
    ReceptiveFieldSection,
    (EXTREMES, EXCITATION, FIELDS),
    {
        "": "of the most and least sensitive live neurons of a layer the images with the largest benign activation, and "
        "in them and in their pairs the neuron's map, upsampled (bilinear), divided by its maximum and cut at a threshold "
        "(SNS, Figs 4-7); ours: negative activations count as 0, an image's activation is the largest of its map",
    },
    artifacts=("receptive_fields",),
)
