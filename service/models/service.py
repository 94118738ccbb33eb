"""Models: upload, inspection, reading, deleting."""

from typing import ClassVar

from openapi.base import NEWER
from openapi.models import InputSpec, ModelInfo, ModelInspection, ModelMetadata, as_shown
from openapi.stages.base import Stage
from openapi.stages.inspect_model import InspectModelParams
from openapi.status import JobKind
from openapi.uploads import ModelSource
from service.db.tables import Model
from service.uploads.service import UploadService, facts_of


def model_info(row: Model) -> ModelInfo:
    """A model as the API answers it."""
    meta = ModelMetadata.model_validate(row.meta)
    found = ModelInspection.model_validate(row.inspection, extra=NEWER) if row.inspection else None
    facts: dict[str, object] = {}
    if found is not None:
        found = found.model_copy(update={"input": as_shown(found.input)})
        names = ("num_classes", "num_parameters", "trainable", "differentiable", "layers", "warnings")
        facts = {name: getattr(found, name) for name in names}
    given: InputSpec = meta.input
    return ModelInfo.model_validate(
        {
            **facts_of(row),
            "format": found.format if found else meta.format,
            "parent_id": row.parent_id,
            "hardening_id": row.hardening_id,
            "input": found.input if found else given,
            "labels": meta.labels,
            "tags": meta.tags,
            "inspection": found,
            "metadata": meta,
            **facts,
        }
    )


class ModelService(UploadService[Model, ModelMetadata, ModelInfo]):
    """Uploads of models."""

    table = Model
    metadata_type = ModelMetadata
    info_type = ModelInfo
    source_type = ModelSource
    prefix = "mdl"
    kind = JobKind.INSPECT_MODEL
    work: ClassVar[Stage] = Stage.INSPECT_MODEL
    noun = "model"
    folder = "models"

    def readable(self, row: Model) -> ModelInfo:
        """A model as the API answers it."""
        return model_info(row)

    @property
    def max_bytes(self) -> int:
        """Largest file taken."""
        return self._services.settings.max_model_bytes

    def params(self, metadata: ModelMetadata, filename: str) -> InspectModelParams:
        """Parameters of the inspection: the metadata, and the file's name as a hint to its format."""
        return InspectModelParams(**dict(metadata), filename=filename)
