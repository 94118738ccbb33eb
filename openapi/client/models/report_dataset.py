from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.report_dataset_label_mapping_type_0 import (
        ReportDatasetLabelMappingType0,
    )


T = TypeVar("T", bound="ReportDataset")


@_attrs_define
class ReportDataset:
    """
    Attributes:
        id (str):
        sha256 (str):
        name (str):
        num_samples (int):
        evaluated (int):
        samples (None | str | Unset): How the evaluated samples were chosen; `index` in /samples names them
        split (None | str | Unset):
        label_mapping (None | ReportDatasetLabelMappingType0 | Unset): When labels are not the logits' numbers: `order`
            (name, text or numeric), `logits` (label i of the data set is logit logits[i], −1 where no sample has it),
            `evidence` {n, correct: {order: count}} or null
        channels (None | str | Unset): The rule by which pictures became what the model takes, in words
        resize (None | str | Unset): The resizing rule that was applied to pictures, in words
        warnings (list[str] | Unset): What inspection chose, guessed or found odd in the file
    """

    id: str
    sha256: str
    name: str
    num_samples: int
    evaluated: int
    samples: None | str | Unset = UNSET
    split: None | str | Unset = UNSET
    label_mapping: None | ReportDatasetLabelMappingType0 | Unset = UNSET
    channels: None | str | Unset = UNSET
    resize: None | str | Unset = UNSET
    warnings: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.report_dataset_label_mapping_type_0 import (
            ReportDatasetLabelMappingType0,  # noqa: PLC0415
        )

        id = self.id

        sha256 = self.sha256

        name = self.name

        num_samples = self.num_samples

        evaluated = self.evaluated

        samples: None | str | Unset
        if isinstance(self.samples, Unset):
            samples = UNSET
        else:
            samples = self.samples

        split: None | str | Unset
        if isinstance(self.split, Unset):
            split = UNSET
        else:
            split = self.split

        label_mapping: dict[str, Any] | None | Unset
        if isinstance(self.label_mapping, Unset):
            label_mapping = UNSET
        elif isinstance(self.label_mapping, ReportDatasetLabelMappingType0):
            label_mapping = self.label_mapping.to_dict()
        else:
            label_mapping = self.label_mapping

        channels: None | str | Unset
        if isinstance(self.channels, Unset):
            channels = UNSET
        else:
            channels = self.channels

        resize: None | str | Unset
        if isinstance(self.resize, Unset):
            resize = UNSET
        else:
            resize = self.resize

        warnings: list[str] | Unset = UNSET
        if not isinstance(self.warnings, Unset):
            warnings = self.warnings

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "sha256": sha256,
                "name": name,
                "num_samples": num_samples,
                "evaluated": evaluated,
            }
        )
        if samples is not UNSET:
            field_dict["samples"] = samples
        if split is not UNSET:
            field_dict["split"] = split
        if label_mapping is not UNSET:
            field_dict["label_mapping"] = label_mapping
        if channels is not UNSET:
            field_dict["channels"] = channels
        if resize is not UNSET:
            field_dict["resize"] = resize
        if warnings is not UNSET:
            field_dict["warnings"] = warnings

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.report_dataset_label_mapping_type_0 import (
            ReportDatasetLabelMappingType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = d.pop("id")

        sha256 = d.pop("sha256")

        name = d.pop("name")

        num_samples = d.pop("num_samples")

        evaluated = d.pop("evaluated")

        def _parse_samples(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        samples = _parse_samples(d.pop("samples", UNSET))

        def _parse_split(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        split = _parse_split(d.pop("split", UNSET))

        def _parse_label_mapping(data: object) -> None | ReportDatasetLabelMappingType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                label_mapping_type_0 = ReportDatasetLabelMappingType0.from_dict(data)

                return label_mapping_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportDatasetLabelMappingType0 | Unset, data)

        label_mapping = _parse_label_mapping(d.pop("label_mapping", UNSET))

        def _parse_channels(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        channels = _parse_channels(d.pop("channels", UNSET))

        def _parse_resize(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        resize = _parse_resize(d.pop("resize", UNSET))

        warnings = cast(list[str], d.pop("warnings", UNSET))

        report_dataset = cls(
            id=id,
            sha256=sha256,
            name=name,
            num_samples=num_samples,
            evaluated=evaluated,
            samples=samples,
            split=split,
            label_mapping=label_mapping,
            channels=channels,
            resize=resize,
            warnings=warnings,
        )

        return report_dataset
