from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.input_spec_channels import InputSpecChannels
from ..models.input_spec_layout_type_0 import InputSpecLayoutType0
from ..types import UNSET, Unset

T = TypeVar("T", bound="InputSpec")


@_attrs_define
class InputSpec:
    """What the file expects of an image.

    For a pixel in [0, 1] the file receives ``(lo + pixel * (hi - lo) - mean) / std`` per channel (channels counted in
    the order that the file receives them), in the file's own layout, channel order, rank and dtype.
    Everything is optional at upload; inspection fills it in.

        Attributes:
            shape (list[int] | None | Unset): [channels, height, width], whatever the layout
            layout (InputSpecLayoutType0 | None | Unset):
            channels (InputSpecChannels | Unset): The order of three channels; a model of one channel is `grey` in answers
                and reports Default: InputSpecChannels.RGB.
            range_ (list[float] | Unset): The file's values for a black and a white pixel
            mean (list[float] | None | Unset): One number for all channels or one a channel; null is 0
            std (list[float] | None | Unset): One number for all channels or one a channel; null is 1
    """

    shape: list[int] | None | Unset = UNSET
    layout: InputSpecLayoutType0 | None | Unset = UNSET
    channels: InputSpecChannels | Unset = InputSpecChannels.RGB
    range_: list[float] | Unset = UNSET
    mean: list[float] | None | Unset = UNSET
    std: list[float] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
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

        layout: None | str | Unset
        if isinstance(self.layout, Unset):
            layout = UNSET
        elif isinstance(self.layout, InputSpecLayoutType0):
            layout = self.layout.value
        else:
            layout = self.layout

        channels: str | Unset = UNSET
        if not isinstance(self.channels, Unset):
            channels = self.channels.value

        range_: list[float] | Unset = UNSET
        if not isinstance(self.range_, Unset):
            range_ = []
            for range_item_data in self.range_:
                range_item: float
                range_item = range_item_data
                range_.append(range_item)

        mean: list[float] | None | Unset
        if isinstance(self.mean, Unset):
            mean = UNSET
        elif isinstance(self.mean, list):
            mean = self.mean

        else:
            mean = self.mean

        std: list[float] | None | Unset
        if isinstance(self.std, Unset):
            std = UNSET
        elif isinstance(self.std, list):
            std = self.std

        else:
            std = self.std

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if shape is not UNSET:
            field_dict["shape"] = shape
        if layout is not UNSET:
            field_dict["layout"] = layout
        if channels is not UNSET:
            field_dict["channels"] = channels
        if range_ is not UNSET:
            field_dict["range"] = range_
        if mean is not UNSET:
            field_dict["mean"] = mean
        if std is not UNSET:
            field_dict["std"] = std

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

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

        def _parse_layout(data: object) -> InputSpecLayoutType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                layout_type_0 = InputSpecLayoutType0(data)

                return layout_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(InputSpecLayoutType0 | None | Unset, data)

        layout = _parse_layout(d.pop("layout", UNSET))

        _channels = d.pop("channels", UNSET)
        channels: InputSpecChannels | Unset
        if isinstance(_channels, Unset):
            channels = UNSET
        else:
            channels = InputSpecChannels(_channels)

        _range_ = d.pop("range", UNSET)
        range_: list[float] | Unset = UNSET
        if _range_ is not UNSET:
            range_ = []
            for range_item_data in _range_:

                def _parse_range_item(data: object) -> float:
                    return cast(float, data)

                range_item = _parse_range_item(range_item_data)

                range_.append(range_item)

        def _parse_mean(data: object) -> list[float] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                mean_type_0 = cast(list[float], data)

                return mean_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[float] | None | Unset, data)

        mean = _parse_mean(d.pop("mean", UNSET))

        def _parse_std(data: object) -> list[float] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                std_type_0 = cast(list[float], data)

                return std_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[float] | None | Unset, data)

        std = _parse_std(d.pop("std", UNSET))

        input_spec = cls(
            shape=shape,
            layout=layout,
            channels=channels,
            range_=range_,
            mean=mean,
            std=std,
        )

        return input_spec
