"""Uploaded classifiers: what the caller says of the input, and what inspection found."""

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from openapi.base import MOST, ClassNames, Frozen, Json, Labels, Name, Timestamp
from openapi.datasets import read_channels
from openapi.problems import Problem
from openapi.status import UploadStatus

ModelFormat = Literal["onnx", "torchscript", "pt2"]
LayerKind = Literal["conv", "linear"]

#: Numbers of one image (1 GiB of float32).
MOST_NUMBERS = 2**28

# Bounds that keep (pixel - mean) / std within float32.
_Side = Annotated[int, Field(ge=1, le=MOST)]
_Level = Annotated[float, Field(ge=-1e10, le=1e10)]
_Scale = Annotated[float, Field(gt=0, ge=1e-10, le=1e10)]


class InputSpec(Frozen):
    """What the file expects of an image.

    For a pixel in [0, 1] the file receives ``(lo + pixel * (hi - lo) - mean) / std`` per channel (channels counted in
    the order that the file receives them), in the file's own layout, channel order, rank and dtype.
    Everything is optional at upload; inspection fills it in.
    """

    shape: tuple[_Side, _Side, _Side] | None = Field(None, description="[channels, height, width], whatever the layout")
    layout: Literal["NCHW", "NHWC"] | None = None
    channels: Annotated[Literal["RGB", "BGR", "grey"], BeforeValidator(read_channels)] = Field(
        "RGB", description="The order of three channels; a model of one channel is `grey` in answers and reports"
    )
    range: tuple[_Level, _Level] = Field((0.0, 1.0), description="The file's values for a black and a white pixel")
    mean: tuple[_Level, ...] | None = Field(
        None, max_length=1024, description="One number for all channels or one a channel; null is 0"
    )
    std: tuple[_Scale, ...] | None = Field(
        None, max_length=1024, description="One number for all channels or one a channel; null is 1"
    )

    @field_validator("shape", mode="after")
    @classmethod
    def _of_an_image(cls, shape: tuple[int, int, int] | None) -> tuple[int, int, int] | None:
        if shape is not None and (numbers := math.prod(shape)) > MOST_NUMBERS:
            raise ValueError(f"an image of {numbers:,} numbers is too large; at most {MOST_NUMBERS:,} are accepted")
        return shape

    @model_validator(mode="after")
    def _sensible(self) -> "InputSpec":
        if self.range[0] >= self.range[1]:
            raise ValueError("range must rise: [lo, hi] with lo < hi")
        if self.channels == "grey" and self.shape is not None and self.shape[0] != 1:
            raise ValueError(f"channels is grey, and shape has {self.shape[0]} channels")
        channels = {len(v) for v in (self.mean, self.std) if v is not None} - {1}
        if self.shape is not None and any(n != self.shape[0] for n in channels):
            count = "1 number" if self.shape[0] == 1 else f"1 or {self.shape[0]} numbers, one a channel"
            raise ValueError(f"mean and std need {count}")
        return self


def as_shown(spec: InputSpec) -> InputSpec:
    """The input as answers and reports show it: one channel is grey, whatever the order of three would be."""
    grey = spec.shape is not None and spec.shape[0] == 1
    return spec.model_copy(update={"channels": "grey"}) if grey else spec


class ModelMetadata(Frozen):
    """The JSON beside an uploaded model file."""

    name: Name | None = None
    format: ModelFormat | None = Field(None, description="Recognised from the file's content when absent")
    input: InputSpec = InputSpec()
    labels: ClassNames | None = Field(None, description="Class names, in the order of the logits")
    output: Annotated[str, Field(min_length=1, max_length=500)] | Annotated[int, Field(ge=0, lt=1000)] | None = Field(
        None, description="Which output holds the logits: its name, or its position from 0; chosen for you when absent"
    )
    accept_disagreement: bool = Field(
        False,
        description="Audit the translation even when its logits differ from the file's by more than the file's "
        "precision explains; the report then says so first",
    )
    tags: Labels = {}


class LayerInfo(Frozen):
    """One convolution or linear layer of the audited graph; a neuron is a channel or a unit (SNS, section 3)."""

    name: str = Field(description="The name of the layer's weight in the file, without the trailing '.weight'")
    kind: LayerKind
    neurons: int
    shape: tuple[int, ...] = Field(description="Output shape for one image: [c, h, w] or [units]")
    depth: int = Field(description="Position among the layers in order of execution, from 0")
    norm_folded: bool = Field(False, description="True when the file holds no separate normalisation after a conv")


class Head(Frozen):
    """The last linear layer and the neurons that it reads, or what stands in the way of analyses of them."""

    layer: str | None = Field(None, description="The last layer; of a head over two tokens both, joined by ' + '")
    penultimate: str | None = Field(
        None, description="The layer whose neurons it reads, or what several have in common"
    )
    neurons: int | None = None
    missing: str | None = Field(None, description="Why there is none")


class Maps(Frozen):
    """The class activation maps that a model allows, or what stands in their way."""

    kind: Literal["cam", "grad_cam"] | None = Field(
        None, description="`cam` where the head averages a map and weighs its channels, else Grad-CAM at the last map"
    )
    size: tuple[int, int] | None = Field(None, description="[rows, columns] of that map")
    missing: str | None = Field(None, description="Why there are none")


class ModelInspection(Frozen):
    """What a confined worker found in the file: the result of the `inspect_model` job."""

    format: ModelFormat
    input: InputSpec
    num_classes: int
    num_parameters: int
    trainable: bool = Field(description="False when the file holds no parameters that training could change")
    differentiable: bool = Field(description="False for e.g. quantised models: only black-box attacks apply")
    layers: tuple[LayerInfo, ...]
    warnings: tuple[str, ...] = ()
    producer: str | None = None
    head: Head | None = Field(
        None,
        exclude_if=lambda head: head is None,
        description="Left out where it was not looked for, as in older inspections",
    )
    maps: Maps | None = Field(
        None,
        exclude_if=lambda maps: maps is None,
        description="Left out where they were not looked for, as in older inspections",
    )
    logits: str = Field(
        "output",
        description="Where logits are read: 'output', or 'before_' and what the file ends in: 'softmax', 'log_softmax', "
        "'sigmoid', 'label' (ArgMax) or 'top' (TopK)",
    )
    cost_ms_per_image: float | None = Field(
        None, description="Measured forward + backward time on the inspecting worker"
    )
    agreement: Json = Field(
        {},
        description="Largest relative difference to the original's runtime (`relative`), and how large the file's "
        "precision can make it (`explained`)",
    )


class ModelInfo(Frozen):
    """A model as the API answers it."""

    id: str
    name: str
    sha256: str
    size: int
    format: ModelFormat | None = None
    status: UploadStatus
    problem: Problem | None = Field(None, description="Why it is rejected or, while `inspecting`, what it waits for")
    parent_id: str | None = None
    hardening_id: str | None = None
    input: InputSpec = InputSpec()
    labels: tuple[str, ...] | None = None
    tags: dict[str, str] = {}
    num_classes: int | None = None
    num_parameters: int | None = None
    trainable: bool | None = None
    differentiable: bool | None = None
    layers: tuple[LayerInfo, ...] | None = None
    warnings: tuple[str, ...] = ()
    inspection: ModelInspection | None = None
    metadata: ModelMetadata = Field(ModelMetadata(), description="What was said of it at the upload")
    created_at: Timestamp
