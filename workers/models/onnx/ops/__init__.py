"""The operators: one small function each, in modules by theme. Importing this package registers them all."""

from workers.models.onnx.ops import (
    activation,
    arithmetic,
    comparison,
    contrib,
    control,
    convolution,
    host_arithmetic,
    host_shapes,
    indexing,
    linear,
    normalization,
    pooling,
    quantised,
    reduction,
    resize,
    shapes,
)

__all__ = [
    "activation",
    "arithmetic",
    "comparison",
    "contrib",
    "control",
    "convolution",
    "host_arithmetic",
    "host_shapes",
    "indexing",
    "linear",
    "normalization",
    "pooling",
    "quantised",
    "reduction",
    "resize",
    "shapes",
]
