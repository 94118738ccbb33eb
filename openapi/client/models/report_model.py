from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.input_spec import InputSpec


T = TypeVar("T", bound="ReportModel")


@_attrs_define
class ReportModel:
    """
    Attributes:
        id (str):
        sha256 (str):
        format_ (str):
        name (str):
        num_parameters (int):
        input_ (InputSpec): What the file expects of an image.

            For a pixel in [0, 1] the file receives ``(lo + pixel * (hi - lo) - mean) / std`` per channel (channels counted
            in
            the order that the file receives them), in the file's own layout, channel order, rank and dtype.
            Everything is optional at upload; inspection fills it in.
        num_classes (int):
        labels (list[str] | None | Unset): Class names, of the model or else of the data set
        warnings (list[str] | Unset): What inspection chose, guessed or found odd in the file
    """

    id: str
    sha256: str
    format_: str
    name: str
    num_parameters: int
    input_: InputSpec
    num_classes: int
    labels: list[str] | None | Unset = UNSET
    warnings: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        sha256 = self.sha256

        format_ = self.format_

        name = self.name

        num_parameters = self.num_parameters

        input_ = self.input_.to_dict()

        num_classes = self.num_classes

        labels: list[str] | None | Unset
        if isinstance(self.labels, Unset):
            labels = UNSET
        elif isinstance(self.labels, list):
            labels = self.labels

        else:
            labels = self.labels

        warnings: list[str] | Unset = UNSET
        if not isinstance(self.warnings, Unset):
            warnings = self.warnings

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "sha256": sha256,
                "format": format_,
                "name": name,
                "num_parameters": num_parameters,
                "input": input_,
                "num_classes": num_classes,
            }
        )
        if labels is not UNSET:
            field_dict["labels"] = labels
        if warnings is not UNSET:
            field_dict["warnings"] = warnings

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.input_spec import InputSpec  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        sha256 = d.pop("sha256")

        format_ = d.pop("format")

        name = d.pop("name")

        num_parameters = d.pop("num_parameters")

        input_ = InputSpec.from_dict(d.pop("input"))

        num_classes = d.pop("num_classes")

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

        warnings = cast(list[str], d.pop("warnings", UNSET))

        report_model = cls(
            id=id,
            sha256=sha256,
            format_=format_,
            name=name,
            num_parameters=num_parameters,
            input_=input_,
            num_classes=num_classes,
            labels=labels,
            warnings=warnings,
        )

        return report_model
