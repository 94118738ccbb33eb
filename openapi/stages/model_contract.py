"""What stages are told of a model's file."""

from typing import Annotated

from pydantic import Field, PlainSerializer

from openapi.models import InputSpec, ModelFormat
from openapi.stages.base import Wire, as_it_came, is_none


class ModelContract(Wire):
    """How a model file is read. `output`: which of several holds the logits, by its name or its position.

    `input` is written as the inspection said it, so that keys outlive fields that come to it later.
    """

    format: ModelFormat
    input: Annotated[InputSpec, PlainSerializer(as_it_came)]
    output: str | int | None = Field(None, exclude_if=is_none)
