from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.model_info_format_type_0 import ModelInfoFormatType0
from ..models.upload_status import UploadStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.input_spec import InputSpec
    from ..models.layer_info import LayerInfo
    from ..models.model_info_tags import ModelInfoTags
    from ..models.model_inspection import ModelInspection
    from ..models.model_metadata import ModelMetadata
    from ..models.problem import Problem


T = TypeVar("T", bound="ModelInfo")


@_attrs_define
class ModelInfo:
    """A model as the API answers it.

    Attributes:
        id (str):
        name (str):
        sha256 (str):
        size (int):
        status (UploadStatus): Of an uploaded model or data set.
        created_at (str):
        format_ (ModelInfoFormatType0 | None | Unset):
        problem (None | Problem | Unset): Why it is rejected or, while `inspecting`, what it waits for
        parent_id (None | str | Unset):
        hardening_id (None | str | Unset):
        input_ (InputSpec | Unset): What the file expects of an image.

            For a pixel in [0, 1] the file receives ``(lo + pixel * (hi - lo) - mean) / std`` per channel (channels counted
            in
            the order that the file receives them), in the file's own layout, channel order, rank and dtype.
            Everything is optional at upload; inspection fills it in.
        labels (list[str] | None | Unset):
        tags (ModelInfoTags | Unset):
        num_classes (int | None | Unset):
        num_parameters (int | None | Unset):
        trainable (bool | None | Unset):
        differentiable (bool | None | Unset):
        layers (list[LayerInfo] | None | Unset):
        warnings (list[str] | Unset):
        inspection (ModelInspection | None | Unset):
        metadata (ModelMetadata | Unset): The JSON beside an uploaded model file.
    """

    id: str
    name: str
    sha256: str
    size: int
    status: UploadStatus
    created_at: str
    format_: ModelInfoFormatType0 | None | Unset = UNSET
    problem: None | Problem | Unset = UNSET
    parent_id: None | str | Unset = UNSET
    hardening_id: None | str | Unset = UNSET
    input_: InputSpec | Unset = UNSET
    labels: list[str] | None | Unset = UNSET
    tags: ModelInfoTags | Unset = UNSET
    num_classes: int | None | Unset = UNSET
    num_parameters: int | None | Unset = UNSET
    trainable: bool | None | Unset = UNSET
    differentiable: bool | None | Unset = UNSET
    layers: list[LayerInfo] | None | Unset = UNSET
    warnings: list[str] | Unset = UNSET
    inspection: ModelInspection | None | Unset = UNSET
    metadata: ModelMetadata | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.model_inspection import ModelInspection  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        id = self.id

        name = self.name

        sha256 = self.sha256

        size = self.size

        status = self.status.value

        created_at = self.created_at

        format_: None | str | Unset
        if isinstance(self.format_, Unset):
            format_ = UNSET
        elif isinstance(self.format_, ModelInfoFormatType0):
            format_ = self.format_.value
        else:
            format_ = self.format_

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, Problem):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        parent_id: None | str | Unset
        if isinstance(self.parent_id, Unset):
            parent_id = UNSET
        else:
            parent_id = self.parent_id

        hardening_id: None | str | Unset
        if isinstance(self.hardening_id, Unset):
            hardening_id = UNSET
        else:
            hardening_id = self.hardening_id

        input_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.input_, Unset):
            input_ = self.input_.to_dict()

        labels: list[str] | None | Unset
        if isinstance(self.labels, Unset):
            labels = UNSET
        elif isinstance(self.labels, list):
            labels = self.labels

        else:
            labels = self.labels

        tags: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags.to_dict()

        num_classes: int | None | Unset
        if isinstance(self.num_classes, Unset):
            num_classes = UNSET
        else:
            num_classes = self.num_classes

        num_parameters: int | None | Unset
        if isinstance(self.num_parameters, Unset):
            num_parameters = UNSET
        else:
            num_parameters = self.num_parameters

        trainable: bool | None | Unset
        if isinstance(self.trainable, Unset):
            trainable = UNSET
        else:
            trainable = self.trainable

        differentiable: bool | None | Unset
        if isinstance(self.differentiable, Unset):
            differentiable = UNSET
        else:
            differentiable = self.differentiable

        layers: list[dict[str, Any]] | None | Unset
        if isinstance(self.layers, Unset):
            layers = UNSET
        elif isinstance(self.layers, list):
            layers = []
            for layers_type_0_item_data in self.layers:
                layers_type_0_item = layers_type_0_item_data.to_dict()
                layers.append(layers_type_0_item)

        else:
            layers = self.layers

        warnings: list[str] | Unset = UNSET
        if not isinstance(self.warnings, Unset):
            warnings = self.warnings

        inspection: dict[str, Any] | None | Unset
        if isinstance(self.inspection, Unset):
            inspection = UNSET
        elif isinstance(self.inspection, ModelInspection):
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
        if format_ is not UNSET:
            field_dict["format"] = format_
        if problem is not UNSET:
            field_dict["problem"] = problem
        if parent_id is not UNSET:
            field_dict["parent_id"] = parent_id
        if hardening_id is not UNSET:
            field_dict["hardening_id"] = hardening_id
        if input_ is not UNSET:
            field_dict["input"] = input_
        if labels is not UNSET:
            field_dict["labels"] = labels
        if tags is not UNSET:
            field_dict["tags"] = tags
        if num_classes is not UNSET:
            field_dict["num_classes"] = num_classes
        if num_parameters is not UNSET:
            field_dict["num_parameters"] = num_parameters
        if trainable is not UNSET:
            field_dict["trainable"] = trainable
        if differentiable is not UNSET:
            field_dict["differentiable"] = differentiable
        if layers is not UNSET:
            field_dict["layers"] = layers
        if warnings is not UNSET:
            field_dict["warnings"] = warnings
        if inspection is not UNSET:
            field_dict["inspection"] = inspection
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.input_spec import InputSpec  # noqa: PLC0415
        from ..models.layer_info import LayerInfo  # noqa: PLC0415
        from ..models.model_info_tags import ModelInfoTags  # noqa: PLC0415
        from ..models.model_inspection import ModelInspection  # noqa: PLC0415
        from ..models.model_metadata import ModelMetadata  # noqa: PLC0415
        from ..models.problem import Problem  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        sha256 = d.pop("sha256")

        size = d.pop("size")

        status = UploadStatus(d.pop("status"))

        created_at = d.pop("created_at")

        def _parse_format_(data: object) -> ModelInfoFormatType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                format_type_0 = ModelInfoFormatType0(data)

                return format_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ModelInfoFormatType0 | None | Unset, data)

        format_ = _parse_format_(d.pop("format", UNSET))

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

        def _parse_parent_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        parent_id = _parse_parent_id(d.pop("parent_id", UNSET))

        def _parse_hardening_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        hardening_id = _parse_hardening_id(d.pop("hardening_id", UNSET))

        _input_ = d.pop("input", UNSET)
        input_: InputSpec | Unset
        if isinstance(_input_, Unset):
            input_ = UNSET
        else:
            input_ = InputSpec.from_dict(_input_)

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

        _tags = d.pop("tags", UNSET)
        tags: ModelInfoTags | Unset
        if isinstance(_tags, Unset):
            tags = UNSET
        else:
            tags = ModelInfoTags.from_dict(_tags)

        def _parse_num_classes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        num_classes = _parse_num_classes(d.pop("num_classes", UNSET))

        def _parse_num_parameters(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        num_parameters = _parse_num_parameters(d.pop("num_parameters", UNSET))

        def _parse_trainable(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        trainable = _parse_trainable(d.pop("trainable", UNSET))

        def _parse_differentiable(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        differentiable = _parse_differentiable(d.pop("differentiable", UNSET))

        def _parse_layers(data: object) -> list[LayerInfo] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                layers_type_0 = []
                _layers_type_0 = data
                for layers_type_0_item_data in _layers_type_0:
                    layers_type_0_item = LayerInfo.from_dict(layers_type_0_item_data)

                    layers_type_0.append(layers_type_0_item)

                return layers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[LayerInfo] | None | Unset, data)

        layers = _parse_layers(d.pop("layers", UNSET))

        warnings = cast(list[str], d.pop("warnings", UNSET))

        def _parse_inspection(data: object) -> ModelInspection | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                inspection_type_0 = ModelInspection.from_dict(data)

                return inspection_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ModelInspection | None | Unset, data)

        inspection = _parse_inspection(d.pop("inspection", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: ModelMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = ModelMetadata.from_dict(_metadata)

        model_info = cls(
            id=id,
            name=name,
            sha256=sha256,
            size=size,
            status=status,
            created_at=created_at,
            format_=format_,
            problem=problem,
            parent_id=parent_id,
            hardening_id=hardening_id,
            input_=input_,
            labels=labels,
            tags=tags,
            num_classes=num_classes,
            num_parameters=num_parameters,
            trainable=trainable,
            differentiable=differentiable,
            layers=layers,
            warnings=warnings,
            inspection=inspection,
            metadata=metadata,
        )

        return model_info
