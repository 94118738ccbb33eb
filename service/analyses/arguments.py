"""What the calls about analyses are asked with, beside `service.http.arguments`."""

from typing import Annotated, Literal

from litestar.params import FromPath, QueryParameter

from openapi.patterns import pattern
from openapi.views.images import ImageSort
from openapi.views.neurons import NeuronSort
from service.analyses.arrow import Format
from service.analyses.field_masks import Mode
from service.http.arguments import FROM_ZERO

Number = FromPath[int]
Class = Annotated[int | None, QueryParameter(**FROM_ZERO, le=1_000_000, description="Only images of this true class")]
Adversarial = Annotated[
    int | None,
    QueryParameter(**FROM_ZERO, le=1_000_000, description="Only images that are taken for this class under attack"),
]
Target = Annotated[
    int | None, QueryParameter(**FROM_ZERO, le=1_000_000, description="Only examples that reach or aim at this class")
]
Vulnerable = Annotated[
    bool | None, QueryParameter(description="Only images in which a single pixel decides, or in which none does")
]
LayerName = Annotated[
    str | None,
    QueryParameter(max_length=1000, description="A layer's name; without it the one that the last layer reads"),
]
SortNeurons = Annotated[
    NeuronSort | None, QueryParameter(description="The largest first; `neuron` and `benign_delta` the least")
]
SortImages = Annotated[ImageSort, QueryParameter(description="By number, or the largest first")]
Fooled = Annotated[bool | None, QueryParameter(description="Only images that were fooled, or that were not")]
Count = Annotated[
    int | None,
    QueryParameter(ge=1, le=1_000_000, description="Clusters at most, and no more than neurons; 8 without a height"),
]
Height = Annotated[
    float | None,
    QueryParameter(**FROM_ZERO, le=1e300, description="Neurons joined at or below it are together"),
]
Scale = Annotated[
    int | None, QueryParameter(ge=1, le=16, description="Pixels a side of each pixel; without it about 128 in all")
]
Neurons = Annotated[
    str | None,
    QueryParameter(
        pattern=pattern(r"^[0-9]{1,9}(,[0-9]{1,9}){0,63}$", "write at most 64 numbers, such as 3,17"),
        description="Numbers, as `3,17`",
    ),
]
SheetImages = Annotated[
    str,
    QueryParameter(
        pattern=pattern(r"^[0-9]{1,9}(,[0-9]{1,9}){0,63}$", "write at most 64 numbers, such as 3,17"),
        description="Images by their numbers, from top to bottom, as `3,17`",
    ),
]
SheetPictures = Annotated[
    str,
    QueryParameter(
        pattern=pattern(r"^[a-z-]{1,40}(,[a-z-]{1,40}){0,7}$", "write at most 8 names, such as benign,difference"),
        description="Pictures by their names, from left to right, as `benign,difference`; none of fields",
    ),
]
FieldLayer = Annotated[
    str | None,
    QueryParameter(
        max_length=1000,
        description="Of fields: the neurons' layer, in an image that excites them most (`receptive_fields`); without "
        "it the one that the last layer reads, in a fooled image (`vulnerability` with a `window`)",
    ),
]
FieldMode = Annotated[Mode, QueryParameter(description="Where any of the neurons is excited, or all are")]
Most = Annotated[
    int | None,
    QueryParameter(
        ge=1,
        le=1_000_000,
        description="Most items to return; without it 100, in JSON never more than 1000, and with `format=arrow` all",
    ),
]
AnswerFormat = Annotated[
    Format, QueryParameter(description="`arrow` is an Arrow stream: the same as columns, what is beside as metadata")
]
Method = Annotated[Literal["pca", "tsne"], QueryParameter(description="The first two principal components, or t-SNE")]
Share = Annotated[float, QueryParameter(**FROM_ZERO, le=1, description="Between 0 and 1")]
