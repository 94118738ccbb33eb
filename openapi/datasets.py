"""Uploaded data sets: metadata, inspection result, and the API's answer."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from openapi.base import ClassNames, Frozen, Name, Timestamp
from openapi.problems import Problem
from openapi.status import UploadStatus

#: No side of a decoded image is longer.
MAX_SIDE = 65_536

Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Window = tuple[Side, Side]

Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"]


class Resize(Frozen):
    """How pictures are brought to one size: first `size`, then the centre `crop`.

    torchvision's `Resize(256)` and `CenterCrop(224)`: ``{"size": 256, "crop": 224}``. timm's `crop_pct` is
    ``size = floor(crop / crop_pct)``, usually with ``"interpolation": "bicubic"``. Keras:
    ``{"size": [224, 224], "antialias": false}``, and with `crop_to_aspect_ratio` also ``"crop": "aspect"``; its `load_img`
    is ``{"size": [224, 224], "interpolation": "nearest"}``, with `keep_aspect_ratio` also ``"crop": "aspect"``.
    """

    size: Side | Window | None = Field(
        None, description="A number: of the shorter side, the shape is kept. [height, width]: stretched to it"
    )
    crop: Side | Window | Literal["aspect"] | None = Field(
        None,
        description="Side or [height, width] of the window cut from the centre afterwards; `aspect`: the largest centred "
        "window of `size`'s shape, cut before",
    )
    interpolation: Interpolation = "bilinear"
    antialias: bool = Field(
        True,
        description="As Pillow always does it; false is plain interpolation: `bilinear` as TensorFlow, OpenCV and torch, "
        "`bicubic` as OpenCV and torch, `nearest` as TensorFlow",
    )

    @model_validator(mode="after")
    def _sensible(self) -> "Resize":
        if self.size is None and self.crop is None:
            raise ValueError("give a size, a crop, or both")
        if self.crop == "aspect" and not isinstance(self.size, tuple):
            raise ValueError('crop "aspect" needs size as [height, width]')
        if not self.antialias and self.interpolation not in ("nearest", "bilinear", "bicubic"):
            raise ValueError(f"{self.interpolation} exists with antialias only")
        crop = (self.crop, self.crop) if isinstance(self.crop, int) else self.crop
        size = (self.size, self.size) if isinstance(self.size, int) else self.size
        if isinstance(crop, tuple) and size is not None and (crop[0] > size[0] or crop[1] > size[1]):
            raise ValueError("crop is larger than size")
        return self


def _as_size(value: Any) -> Any:
    """Read [height, width], or the shorter side alone, as the rule that says so.

    Lists become tuples: what comes out of a validator is Python to pydantic, where strict reading takes no list for one.
    """
    rule = {"size": value} if isinstance(value, list | tuple | int) else value
    if not isinstance(rule, dict):
        raise ValueError('write the shorter side, [height, width], or an object with "size" or "crop"')
    return {name: tuple(part) if isinstance(part, list) else part for name, part in rule.items()}


def read_channels(value: Any) -> Any:
    """Read the usual words for colour and grey, in any case."""
    words = {"rgb": "RGB", "colour": "RGB", "color": "RGB"}
    words |= dict.fromkeys(("grey", "gray", "l", "luminance", "greyscale", "grayscale"), "grey")
    return words.get(value.lower(), value) if isinstance(value, str) else value


#: What pictures are read as.
Channels = Annotated[Literal["RGB", "grey"], BeforeValidator(read_channels)]


class DatasetMetadata(Frozen):
    """The JSON beside an uploaded data set."""

    name: Name | None = None
    layout: Literal["NCHW", "NHWC"] | None = Field(None, description="Of the arrays in an .npz; inferred when absent")
    labels: ClassNames | None = Field(None, description="Class names in label order")
    label_order: Literal["numeric", "text", "one_based"] | None = Field(
        None,
        description="How labels become logits. null: by class names, else by number; numbered folders by what the model "
        "gets right. `numeric`: label i is logit i, whatever names say. `text`: the classes in alphabetical order, 10 "
        "before 2, as ImageFolder and Keras sort folders. `one_based`: label 1 is logit 0",
    )
    split: str | None = Field(
        None,
        max_length=100,
        description="e.g. train or test: chooses among several in the file, and stands in the report",
    )
    image_column: str | None = Field(
        None, max_length=200, description="Of a table: the column of images or their files"
    )
    label_column: str | None = Field(None, max_length=200, description="Of a table: the column of labels")
    mask_columns: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] | None = Field(
        None,
        min_length=1,
        max_length=100,
        exclude_if=lambda value: value is None,
        description="Of a table: columns of binary masks, or of their files; each is a concept of its name, an empty cell "
        "an image that does not show it",
    )
    resize: Annotated[Resize, BeforeValidator(_as_size, json_schema_input_type=Resize | Window | Side)] | None = Field(
        None, description="How image files are brought to one size; a bare number or [height, width] is its `size`"
    )
    channels: Channels | None = Field(
        None,
        description="What image files are read as: RGB, or grey (luminance, ITU-R 601). null: grey when all of them are",
    )


class DatasetInspection(Frozen):
    """What a confined worker found: the result of the `inspect_dataset` job."""

    num_samples: int
    shape: tuple[int, int, int] = Field(description="[channels, height, width]")
    dtype: Literal["uint8", "float32"]
    num_classes: int = Field(description="Largest label + 1")
    class_counts: tuple[int, ...]
    labels: tuple[str, ...] | None = None
    label_source: Literal["number", "name", "given"] = Field(
        "number", description="Labels are numbers of the file; or places of its class names; or of `metadata.labels`"
    )
    numbered_names: tuple[str, ...] | None = Field(
        None, description="Names of classes that are called by numbers, as written, empty folders included"
    )
    label_order: Literal["numeric", "text", "one_based"] | None = Field(None, description="As the metadata gave it")
    resize: str = Field("none", description="The resizing rule that was applied, in words")
    channels: str = Field("as stored", description="The rule by which pictures became grey or colour, in words")
    warnings: tuple[str, ...] = ()
    concepts: tuple[str, ...] | None = Field(
        None, exclude_if=lambda value: value is None, description="Of the masks that come with the images, if any do"
    )


class DatasetInfo(Frozen):
    """A data set as the API answers it."""

    id: str
    name: str
    sha256: str
    size: int
    status: UploadStatus
    problem: Problem | None = Field(None, description="Why it is rejected or, while `inspecting`, what it waits for")
    split: str | None = None
    labels: tuple[str, ...] | None = None
    num_samples: int | None = None
    shape: tuple[int, int, int] | None = None
    num_classes: int | None = None
    class_counts: tuple[int, ...] | None = None
    concepts: tuple[str, ...] | None = Field(None, description="Names of the masks that come with the images")
    inspection: DatasetInspection | None = None
    metadata: DatasetMetadata = Field(DatasetMetadata(), description="What was said of it at the upload")
    created_at: Timestamp
