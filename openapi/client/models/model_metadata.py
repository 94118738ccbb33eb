from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.model_metadata_format_type_0 import ModelMetadataFormatType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.input_spec import InputSpec
    from ..models.model_metadata_tags import ModelMetadataTags


T = TypeVar("T", bound="ModelMetadata")


@_attrs_define
class ModelMetadata:
    """The JSON beside an uploaded model file.

    Attributes:
        name (None | str | Unset):
        format_ (ModelMetadataFormatType0 | None | Unset): Recognised from the file's content when absent
        input_ (InputSpec | Unset): What the file expects of an image.

            For a pixel in [0, 1] the file receives ``(lo + pixel * (hi - lo) - mean) / std`` per channel (channels counted
            in
            the order that the file receives them), in the file's own layout, channel order, rank and dtype.
            Everything is optional at upload; inspection fills it in.
        labels (list[str] | None | Unset): Class names, in the order of the logits
        output (int | None | str | Unset): Which output holds the logits: its name, or its position from 0; chosen for
            you when absent
        accept_disagreement (bool | Unset): Audit the translation even when its logits differ from the file's by more
            than the file's precision explains; the report then says so first Default: False.
        tags (ModelMetadataTags | Unset):
    """

    name: None | str | Unset = UNSET
    format_: ModelMetadataFormatType0 | None | Unset = UNSET
    input_: InputSpec | Unset = UNSET
    labels: list[str] | None | Unset = UNSET
    output: int | None | str | Unset = UNSET
    accept_disagreement: bool | Unset = False
    tags: ModelMetadataTags | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        format_: None | str | Unset
        if isinstance(self.format_, Unset):
            format_ = UNSET
        elif isinstance(self.format_, ModelMetadataFormatType0):
            format_ = self.format_.value
        else:
            format_ = self.format_

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

        output: int | None | str | Unset
        if isinstance(self.output, Unset):
            output = UNSET
        else:
            output = self.output

        accept_disagreement = self.accept_disagreement

        tags: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if format_ is not UNSET:
            field_dict["format"] = format_
        if input_ is not UNSET:
            field_dict["input"] = input_
        if labels is not UNSET:
            field_dict["labels"] = labels
        if output is not UNSET:
            field_dict["output"] = output
        if accept_disagreement is not UNSET:
            field_dict["accept_disagreement"] = accept_disagreement
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.input_spec import InputSpec  # noqa: PLC0415
        from ..models.model_metadata_tags import ModelMetadataTags  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_format_(data: object) -> ModelMetadataFormatType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                format_type_0 = ModelMetadataFormatType0(data)

                return format_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ModelMetadataFormatType0 | None | Unset, data)

        format_ = _parse_format_(d.pop("format", UNSET))

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

        def _parse_output(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        output = _parse_output(d.pop("output", UNSET))

        accept_disagreement = d.pop("accept_disagreement", UNSET)

        _tags = d.pop("tags", UNSET)
        tags: ModelMetadataTags | Unset
        if isinstance(_tags, Unset):
            tags = UNSET
        else:
            tags = ModelMetadataTags.from_dict(_tags)

        model_metadata = cls(
            name=name,
            format_=format_,
            input_=input_,
            labels=labels,
            output=output,
            accept_disagreement=accept_disagreement,
            tags=tags,
        )

        return model_metadata
