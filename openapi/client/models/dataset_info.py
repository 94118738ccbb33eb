from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.upload_status import UploadStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dataset_inspection import DatasetInspection
    from ..models.dataset_metadata_output import DatasetMetadataOutput
    from ..models.problem import Problem


T = TypeVar("T", bound="DatasetInfo")


@_attrs_define
class DatasetInfo:
    """A data set as the API answers it.

    Attributes:
        id (str):
        name (str):
        sha256 (str):
        size (int):
        status (UploadStatus): Of an uploaded model or data set.
        created_at (str):
        problem (None | Problem | Unset): Why it is rejected or, while `inspecting`, what it waits for
        split (None | str | Unset):
        labels (list[str] | None | Unset):
        num_samples (int | None | Unset):
        shape (list[int] | None | Unset):
        num_classes (int | None | Unset):
        class_counts (list[int] | None | Unset):
        concepts (list[str] | None | Unset): Names of the masks that come with the images
        inspection (DatasetInspection | None | Unset):
        metadata (DatasetMetadataOutput | Unset): The JSON beside an uploaded data set.
    """

    id: str
    name: str
    sha256: str
    size: int
    status: UploadStatus
    created_at: str
    problem: None | Problem | Unset = UNSET
    split: None | str | Unset = UNSET
    labels: list[str] | None | Unset = UNSET
    num_samples: int | None | Unset = UNSET
    shape: list[int] | None | Unset = UNSET
    num_classes: int | None | Unset = UNSET
    class_counts: list[int] | None | Unset = UNSET
    concepts: list[str] | None | Unset = UNSET
    inspection: DatasetInspection | None | Unset = UNSET
    metadata: DatasetMetadataOutput | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.dataset_inspection import DatasetInspection  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        id = self.id

        name = self.name

        sha256 = self.sha256

        size = self.size

        status = self.status.value

        created_at = self.created_at

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, Problem):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        split: None | str | Unset
        if isinstance(self.split, Unset):
            split = UNSET
        else:
            split = self.split

        labels: list[str] | None | Unset
        if isinstance(self.labels, Unset):
            labels = UNSET
        elif isinstance(self.labels, list):
            labels = self.labels

        else:
            labels = self.labels

        num_samples: int | None | Unset
        if isinstance(self.num_samples, Unset):
            num_samples = UNSET
        else:
            num_samples = self.num_samples

        shape: list[int] | None | Unset
        if isinstance(self.shape, Unset):
            shape = UNSET
        elif isinstance(self.shape, list):
            shape = []
            for shape_type_0_item_data in self.shape:
                shape_type_0_item: int
                shape_type_0_item = shape_type_0_item_data
                shape.append(shape_type_0_item)

        else:
            shape = self.shape

        num_classes: int | None | Unset
        if isinstance(self.num_classes, Unset):
            num_classes = UNSET
        else:
            num_classes = self.num_classes

        class_counts: list[int] | None | Unset
        if isinstance(self.class_counts, Unset):
            class_counts = UNSET
        elif isinstance(self.class_counts, list):
            class_counts = self.class_counts

        else:
            class_counts = self.class_counts

        concepts: list[str] | None | Unset
        if isinstance(self.concepts, Unset):
            concepts = UNSET
        elif isinstance(self.concepts, list):
            concepts = self.concepts

        else:
            concepts = self.concepts

        inspection: dict[str, Any] | None | Unset
        if isinstance(self.inspection, Unset):
            inspection = UNSET
        elif isinstance(self.inspection, DatasetInspection):
            inspection = self.inspection.to_dict()
        else:
            inspection = self.inspection

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "name": name,
                "sha256": sha256,
                "size": size,
                "status": status,
                "created_at": created_at,
            }
        )
        if problem is not UNSET:
            field_dict["problem"] = problem
        if split is not UNSET:
            field_dict["split"] = split
        if labels is not UNSET:
            field_dict["labels"] = labels
        if num_samples is not UNSET:
            field_dict["num_samples"] = num_samples
        if shape is not UNSET:
            field_dict["shape"] = shape
        if num_classes is not UNSET:
            field_dict["num_classes"] = num_classes
        if class_counts is not UNSET:
            field_dict["class_counts"] = class_counts
        if concepts is not UNSET:
            field_dict["concepts"] = concepts
        if inspection is not UNSET:
            field_dict["inspection"] = inspection
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dataset_inspection import DatasetInspection  # noqa: PLC0415
        from ..models.dataset_metadata_output import DatasetMetadataOutput  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        sha256 = d.pop("sha256")

        size = d.pop("size")

        status = UploadStatus(d.pop("status"))

        created_at = d.pop("created_at")

        def _parse_problem(data: object) -> None | Problem | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                problem_type_0 = Problem.from_dict(data)

                return problem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Problem | Unset, data)

        problem = _parse_problem(d.pop("problem", UNSET))

        def _parse_split(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        split = _parse_split(d.pop("split", UNSET))

        def _parse_labels(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                labels_type_0 = cast(list[str], data)

                return labels_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        labels = _parse_labels(d.pop("labels", UNSET))

        def _parse_num_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        num_samples = _parse_num_samples(d.pop("num_samples", UNSET))

        def _parse_shape(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                shape_type_0 = []
                _shape_type_0 = data
                for shape_type_0_item_data in _shape_type_0:

                    def _parse_shape_type_0_item(data: object) -> int:
                        return cast(int, data)

                    shape_type_0_item = _parse_shape_type_0_item(shape_type_0_item_data)

                    shape_type_0.append(shape_type_0_item)

                return shape_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        shape = _parse_shape(d.pop("shape", UNSET))

        def _parse_num_classes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        num_classes = _parse_num_classes(d.pop("num_classes", UNSET))

        def _parse_class_counts(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                class_counts_type_0 = cast(list[int], data)

                return class_counts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        class_counts = _parse_class_counts(d.pop("class_counts", UNSET))

        def _parse_concepts(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                concepts_type_0 = cast(list[str], data)

                return concepts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        concepts = _parse_concepts(d.pop("concepts", UNSET))

        def _parse_inspection(data: object) -> DatasetInspection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                inspection_type_0 = DatasetInspection.from_dict(data)

                return inspection_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DatasetInspection | None | Unset, data)

        inspection = _parse_inspection(d.pop("inspection", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: DatasetMetadataOutput | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = DatasetMetadataOutput.from_dict(_metadata)

        dataset_info = cls(
            id=id,
            name=name,
            sha256=sha256,
            size=size,
            status=status,
            created_at=created_at,
            problem=problem,
            split=split,
            labels=labels,
            num_samples=num_samples,
            shape=shape,
            num_classes=num_classes,
            class_counts=class_counts,
            concepts=concepts,
            inspection=inspection,
            metadata=metadata,
        )

        return dataset_info
