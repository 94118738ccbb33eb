"""Data sets: upload, inspection, reading, deleting."""

from typing import ClassVar

from openapi.base import NEWER
from openapi.datasets import DatasetInfo, DatasetInspection, DatasetMetadata
from openapi.stages.base import Stage
from openapi.stages.inspect_dataset import InspectDatasetParams
from openapi.status import JobKind
from openapi.uploads import DatasetSource
from service.db.tables import Dataset
from service.uploads.service import UploadService, facts_of

_FACTS = ("num_samples", "shape", "num_classes", "class_counts", "concepts")


def dataset_info(row: Dataset) -> DatasetInfo:
    """A data set as the API answers it."""
    meta = DatasetMetadata.model_validate(row.meta)
    found = DatasetInspection.model_validate(row.inspection, extra=NEWER) if row.inspection else None
    facts: dict[str, object] = {}
    if found is not None:
        facts = {name: getattr(found, name) for name in _FACTS}
    return DatasetInfo.model_validate(
        {
            **facts_of(row),
            "split": meta.split,
            "labels": meta.labels or (found.labels if found else None),
            "inspection": found,
            "metadata": meta,
            **facts,
        }
    )


class DatasetService(UploadService[Dataset, DatasetMetadata, DatasetInfo]):
    """Uploads of data sets."""

    table = Dataset
    metadata_type = DatasetMetadata
    info_type = DatasetInfo
    source_type = DatasetSource
    prefix = "dst"
    kind = JobKind.INSPECT_DATASET
    work: ClassVar[Stage] = Stage.INSPECT_DATASET
    noun = "data set"
    folder = "datasets"

    def readable(self, row: Dataset) -> DatasetInfo:
        """A data set as the API answers it."""
        return dataset_info(row)

    @property
    def max_bytes(self) -> int:
        """Largest file taken."""
        return self._services.settings.max_dataset_bytes

    def params(self, metadata: DatasetMetadata, filename: str) -> InspectDatasetParams:
        """Parameters of the inspection."""
        return InspectDatasetParams(metadata=metadata, filename=filename)
