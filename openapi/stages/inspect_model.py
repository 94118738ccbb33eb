"""Stage `inspect_model`: an uploaded model file (input ``file``) → `openapi.models.ModelInspection`. It leaves no files."""

from openapi.models import ModelInspection, ModelMetadata
from openapi.stages.base import Wire


class InspectModelParams(ModelMetadata, Wire):
    """The upload's metadata, and the file's name as a hint to its format."""

    filename: str = ""


class InspectModelValue(ModelInspection, Wire):
    """What was found in the file."""
