from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.dataset_metadata_output_channels_type_0 import (
    DatasetMetadataOutputChannelsType0,
)
from ..models.dataset_metadata_output_label_order_type_0 import (
    DatasetMetadataOutputLabelOrderType0,
)
from ..models.dataset_metadata_output_layout_type_0 import (
    DatasetMetadataOutputLayoutType0,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.resize import Resize


T = TypeVar("T", bound="DatasetMetadataOutput")


@_attrs_define
class DatasetMetadataOutput:
    """The JSON beside an uploaded data set.

    Attributes:
        name (None | str | Unset):
        layout (DatasetMetadataOutputLayoutType0 | None | Unset): Of the arrays in an .npz; inferred when absent
        labels (list[str] | None | Unset): Class names in label order
        label_order (DatasetMetadataOutputLabelOrderType0 | None | Unset): How labels become logits. null: by class
            names, else by number; numbered folders by what the model gets right. `numeric`: label i is logit i, whatever
            names say. `text`: the classes in alphabetical order, 10 before 2, as ImageFolder and Keras sort folders.
            `one_based`: label 1 is logit 0
        split (None | str | Unset): e.g. train or test: chooses among several in the file, and stands in the report
        image_column (None | str | Unset): Of a table: the column of images or their files
        label_column (None | str | Unset): Of a table: the column of labels
        mask_columns (list[str] | None | Unset): Of a table: columns of binary masks, or of their files; each is a
            concept of its name, an empty cell an image that does not show it
        resize (None | Resize | Unset): How image files are brought to one size; a bare number or [height, width] is its
            `size`
        channels (DatasetMetadataOutputChannelsType0 | None | Unset): What image files are read as: RGB, or grey
            (luminance, ITU-R 601). null: grey when all of them are
    """

    name: None | str | Unset = UNSET
    layout: DatasetMetadataOutputLayoutType0 | None | Unset = UNSET
    labels: list[str] | None | Unset = UNSET
    label_order: DatasetMetadataOutputLabelOrderType0 | None | Unset = UNSET
    split: None | str | Unset = UNSET
    image_column: None | str | Unset = UNSET
    label_column: None | str | Unset = UNSET
    mask_columns: list[str] | None | Unset = UNSET
    resize: None | Resize | Unset = UNSET
    channels: DatasetMetadataOutputChannelsType0 | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.resize import Resize  # noqa: PLC0415

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        layout: None | str | Unset
        if isinstance(self.layout, Unset):
            layout = UNSET
        elif isinstance(self.layout, DatasetMetadataOutputLayoutType0):
            layout = self.layout.value
        else:
            layout = self.layout

        labels: list[str] | None | Unset
        if isinstance(self.labels, Unset):
            labels = UNSET
        elif isinstance(self.labels, list):
            labels = self.labels

        else:
            labels = self.labels

        label_order: None | str | Unset
        if isinstance(self.label_order, Unset):
            label_order = UNSET
        elif isinstance(self.label_order, DatasetMetadataOutputLabelOrderType0):
            label_order = self.label_order.value
        else:
            label_order = self.label_order

        split: None | str | Unset
        if isinstance(self.split, Unset):
            split = UNSET
        else:
            split = self.split

        image_column: None | str | Unset
        if isinstance(self.image_column, Unset):
            image_column = UNSET
        else:
            image_column = self.image_column

        label_column: None | str | Unset
        if isinstance(self.label_column, Unset):
            label_column = UNSET
        else:
            label_column = self.label_column

        mask_columns: list[str] | None | Unset
        if isinstance(self.mask_columns, Unset):
            mask_columns = UNSET
        elif isinstance(self.mask_columns, list):
            mask_columns = self.mask_columns

        else:
            mask_columns = self.mask_columns

        resize: dict[str, Any] | None | Unset
        if isinstance(self.resize, Unset):
            resize = UNSET
        elif isinstance(self.resize, Resize):
            resize = self.resize.to_dict()
        else:
            resize = self.resize

        channels: None | str | Unset
        if isinstance(self.channels, Unset):
            channels = UNSET
        elif isinstance(self.channels, DatasetMetadataOutputChannelsType0):
            channels = self.channels.value
        else:
            channels = self.channels

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if layout is not UNSET:
            field_dict["layout"] = layout
        if labels is not UNSET:
            field_dict["labels"] = labels
        if label_order is not UNSET:
            field_dict["label_order"] = label_order
        if split is not UNSET:
            field_dict["split"] = split
        if image_column is not UNSET:
            field_dict["image_column"] = image_column
        if label_column is not UNSET:
            field_dict["label_column"] = label_column
        if mask_columns is not UNSET:
            field_dict["mask_columns"] = mask_columns
        if resize is not UNSET:
            field_dict["resize"] = resize
        if channels is not UNSET:
            field_dict["channels"] = channels

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.resize import Resize  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_layout(data: object) -> DatasetMetadataOutputLayoutType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                layout_type_0 = DatasetMetadataOutputLayoutType0(data)

                return layout_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DatasetMetadataOutputLayoutType0 | None | Unset, data)

        layout = _parse_layout(d.pop("layout", UNSET))

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

        def _parse_label_order(data: object) -> DatasetMetadataOutputLabelOrderType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                label_order_type_0 = DatasetMetadataOutputLabelOrderType0(data)

                return label_order_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DatasetMetadataOutputLabelOrderType0 | None | Unset, data)

        label_order = _parse_label_order(d.pop("label_order", UNSET))

        def _parse_split(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        split = _parse_split(d.pop("split", UNSET))

        def _parse_image_column(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        image_column = _parse_image_column(d.pop("image_column", UNSET))

        def _parse_label_column(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        label_column = _parse_label_column(d.pop("label_column", UNSET))

        def _parse_mask_columns(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                mask_columns_type_0 = cast(list[str], data)

                return mask_columns_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        mask_columns = _parse_mask_columns(d.pop("mask_columns", UNSET))

        def _parse_resize(data: object) -> None | Resize | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                resize_type_0 = Resize.from_dict(data)

                return resize_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Resize | Unset, data)

        resize = _parse_resize(d.pop("resize", UNSET))

        def _parse_channels(data: object) -> DatasetMetadataOutputChannelsType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                channels_type_0 = DatasetMetadataOutputChannelsType0(data)

                return channels_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DatasetMetadataOutputChannelsType0 | None | Unset, data)

        channels = _parse_channels(d.pop("channels", UNSET))

        dataset_metadata_output = cls(
            name=name,
            layout=layout,
            labels=labels,
            label_order=label_order,
            split=split,
            image_column=image_column,
            label_column=label_column,
            mask_columns=mask_columns,
            resize=resize,
            channels=channels,
        )

        return dataset_metadata_output
