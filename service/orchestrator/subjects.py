"""A model or a data set as steps take it: its file and what the report says of it. No database here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from openapi.datasets import DatasetInspection, DatasetMetadata
from openapi.models import ModelInspection, ModelMetadata
from openapi.stages.base import Given
from openapi.stages.model_contract import ModelContract
from openapi.stages.prepare import LabelMapping
from openapi.wire.jobs import Blob, OutputFile


class Part(StrEnum):
    """What a data set is for in a job."""

    EVAL = "eval"
    TRAIN = "train"
    CONCEPTS = "concepts"


@dataclass(frozen=True)
class Subject:
    """What models and data sets share."""

    id: str
    name: str
    sha256: str
    size: int

    @property
    def blob(self) -> Blob:
        """The uploaded file."""
        return Blob(sha256=self.sha256, size=self.size)


@dataclass(frozen=True)
class ModelSubject(Subject):
    """A model, as it was inspected, and what was said of it."""

    inspection: ModelInspection
    meta: ModelMetadata = field(default_factory=ModelMetadata)

    def contract(self) -> ModelContract:
        """The `model` parameter of every step that runs the model."""
        return ModelContract(format=self.inspection.format, input=self.inspection.input, output=self.meta.output)


@dataclass(frozen=True)
class Matched:
    """How a data set's labels and channels were brought together with the model's (see `matching`).

    `labels`: the data set's class names in the order of the model's logits, where it has names.
    """

    label_mapping: LabelMapping | None
    channels: str
    notes: tuple[str, ...]
    labels: tuple[str, ...] | None


@dataclass(frozen=True)
class MaskFile:
    """An artifact that attacks take masks from: its kind, and the data set that its audit was of."""

    blob: Blob
    kind: str
    dataset_id: str | None


@dataclass(frozen=True)
class Baseline:
    """What an earlier audit left, that rules are relative to."""

    report: Blob
    samples: Blob | None


@dataclass(frozen=True)
class KeptExamples:
    """The examples of one attack of an earlier audit: its id there, and its threat model for whatever wrong class."""

    attack: str
    threat_model: str
    blob: Blob


@dataclass(frozen=True)
class DatasetSubject(Subject):
    """A data set, as it was inspected, and what was said of it.

    `matched`: None before it was brought to a model. `mask_files`: artifacts that a request takes masks from, by their
    ids.
    """

    inspection: DatasetInspection
    meta: DatasetMetadata = field(default_factory=DatasetMetadata)
    files: Mapping[str, OutputFile] = field(default_factory=dict)
    matched: Matched | None = None
    mask_files: Mapping[str, MaskFile] = field(default_factory=dict)

    def arrays(self) -> dict[str, Blob]:
        """The decoded arrays."""
        return {name: self.files[name].blob for name in (Given.X, Given.Y)}

    def masks(self) -> dict[str, Blob]:
        """The masks that come with the images. Raises `KeyError` of a data set without any (`inspection.concepts`)."""
        return {Given.MASKS: self.files[Given.MASKS].blob}
