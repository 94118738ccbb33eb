from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.dataset_inspection_dtype import DatasetInspectionDtype
from ..models.dataset_inspection_label_order_type_0 import (
    DatasetInspectionLabelOrderType0,
)
from ..models.dataset_inspection_label_source import DatasetInspectionLabelSource
from ..types import UNSET, Unset

T = TypeVar("T", bound="DatasetInspection")


@_attrs_define
class DatasetInspection:
    """What a confined worker found: the result of the `inspect_dataset` job.

    Attributes:
        num_samples (int):
        shape (list[int]): [channels, height, width]
        dtype (DatasetInspectionDtype):
        num_classes (int): Largest label + 1
        class_counts (list[int]):
        labels (list[str] | None | Unset):
        label_source (DatasetInspectionLabelSource | Unset): Labels are numbers of the file; or places of its class
            names; or of `metadata.labels` Default: DatasetInspectionLabelSource.NUMBER.
        numbered_names (list[str] | None | Unset): Names of classes that are called by numbers, as written, empty
            folders included
        label_order (DatasetInspectionLabelOrderType0 | None | Unset): As the metadata gave it
        resize (str | Unset): The resizing rule that was applied, in words Default: 'none'.
        channels (str | Unset): The rule by which pictures became grey or colour, in words Default: 'as stored'.
        warnings (list[str] | Unset):
        concepts (list[str] | None | Unset): Of the masks that come with the images, if any do
    """

    num_samples: int
    shape: list[int]
    dtype: DatasetInspectionDtype
    num_classes: int
    class_counts: list[int]
    labels: list[str] | None | Unset = UNSET
    label_source: DatasetInspectionLabelSource | Unset = DatasetInspectionLabelSource.NUMBER
    numbered_names: list[str] | None | Unset = UNSET
    label_order: DatasetInspectionLabelOrderType0 | None | Unset = UNSET
    resize: str | Unset = "none"
    channels: str | Unset = "as stored"
    warnings: list[str] | Unset = UNSET
    concepts: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        num_samples = self.num_samples

        shape = []
        for shape_item_data in self.shape:
            shape_item: int
            shape_item = shape_item_data
            shape.append(shape_item)

        dtype = self.dtype.value

        num_classes = self.num_classes

        class_counts = self.class_counts

        labels: list[str] | None | Unset
        if isinstance(self.labels, Unset):
            labels = UNSET
        elif isinstance(self.labels, list):
            labels = self.labels

        else:
            labels = self.labels

        label_source: str | Unset = UNSET
        if not isinstance(self.label_source, Unset):
            label_source = self.label_source.value

        numbered_names: list[str] | None | Unset
        if isinstance(self.numbered_names, Unset):
            numbered_names = UNSET
        elif isinstance(self.numbered_names, list):
            numbered_names = self.numbered_names

        else:
            numbered_names = self.numbered_names

        label_order: None | str | Unset
        if isinstance(self.label_order, Unset):
            label_order = UNSET
        elif isinstance(self.label_order, DatasetInspectionLabelOrderType0):
            label_order = self.label_order.value
        else:
            label_order = self.label_order

        resize = self.resize

        channels = self.channels

        warnings: list[str] | Unset = UNSET
        if not isinstance(self.warnings, Unset):
            warnings = self.warnings

        concepts: list[str] | None | Unset
        if isinstance(self.concepts, Unset):
            concepts = UNSET
        elif isinstance(self.concepts, list):
            concepts = self.concepts

        else:
            concepts = self.concepts

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "num_samples": num_samples,
                "shape": shape,
                "dtype": dtype,
                "num_classes": num_classes,
                "class_counts": class_counts,
            }
        )
        if labels is not UNSET:
            field_dict["labels"] = labels
        if label_source is not UNSET:
            field_dict["label_source"] = label_source
        if numbered_names is not UNSET:
            field_dict["numbered_names"] = numbered_names
        if label_order is not UNSET:
            field_dict["label_order"] = label_order
        if resize is not UNSET:
            field_dict["resize"] = resize
        if channels is not UNSET:
            field_dict["channels"] = channels
        if warnings is not UNSET:
            field_dict["warnings"] = warnings
        if concepts is not UNSET:
            field_dict["concepts"] = concepts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        num_samples = d.pop("num_samples")

        shape = []
        _shape = d.pop("shape")
        for shape_item_data in _shape:

            def _parse_shape_item(data: object) -> int:
                return cast(int, data)

            shape_item = _parse_shape_item(shape_item_data)

            shape.append(shape_item)

        dtype = DatasetInspectionDtype(d.pop("dtype"))

        num_classes = d.pop("num_classes")

        class_counts = cast(list[int], d.pop("class_counts"))

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

        _label_source = d.pop("label_source", UNSET)
        label_source: DatasetInspectionLabelSource | Unset
        if isinstance(_label_source, Unset):
            label_source = UNSET
        else:
            label_source = DatasetInspectionLabelSource(_label_source)

        def _parse_numbered_names(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                numbered_names_type_0 = cast(list[str], data)

                return numbered_names_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        numbered_names = _parse_numbered_names(d.pop("numbered_names", UNSET))

        def _parse_label_order(data: object) -> DatasetInspectionLabelOrderType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                label_order_type_0 = DatasetInspectionLabelOrderType0(data)

                return label_order_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DatasetInspectionLabelOrderType0 | None | Unset, data)

        label_order = _parse_label_order(d.pop("label_order", UNSET))

        resize = d.pop("resize", UNSET)

        channels = d.pop("channels", UNSET)

        warnings = cast(list[str], d.pop("warnings", UNSET))

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

        dataset_inspection = cls(
            num_samples=num_samples,
            shape=shape,
            dtype=dtype,
            num_classes=num_classes,
            class_counts=class_counts,
            labels=labels,
            label_source=label_source,
            numbered_names=numbered_names,
            label_order=label_order,
            resize=resize,
            channels=channels,
            warnings=warnings,
            concepts=concepts,
        )

        return dataset_inspection
