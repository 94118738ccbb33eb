from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.resize_interpolation import ResizeInterpolation
from ..types import UNSET, Unset

T = TypeVar("T", bound="Resize")


@_attrs_define
class Resize:
    """How pictures are brought to one size: first `size`, then the centre `crop`.

    torchvision's `Resize(256)` and `CenterCrop(224)`: ``{"size": 256, "crop": 224}``. timm's `crop_pct` is
    ``size = floor(crop / crop_pct)``, usually with ``"interpolation": "bicubic"``. Keras:
    ``{"size": [224, 224], "antialias": false}``, and with `crop_to_aspect_ratio` also ``"crop": "aspect"``; its
    `load_img`
    is ``{"size": [224, 224], "interpolation": "nearest"}``, with `keep_aspect_ratio` also ``"crop": "aspect"``.

        Attributes:
            size (int | list[int] | None | Unset): A number: of the shorter side, the shape is kept. [height, width]:
                stretched to it
            crop (int | list[int] | Literal['aspect'] | None | Unset): Side or [height, width] of the window cut from the
                centre afterwards; `aspect`: the largest centred window of `size`'s shape, cut before
            interpolation (ResizeInterpolation | Unset):  Default: ResizeInterpolation.BILINEAR.
            antialias (bool | Unset): As Pillow always does it; false is plain interpolation: `bilinear` as TensorFlow,
                OpenCV and torch, `bicubic` as OpenCV and torch, `nearest` as TensorFlow Default: True.
    """

    size: int | list[int] | None | Unset = UNSET
    crop: int | list[int] | Literal["aspect"] | None | Unset = UNSET
    interpolation: ResizeInterpolation | Unset = ResizeInterpolation.BILINEAR
    antialias: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        size: int | list[int] | None | Unset
        if isinstance(self.size, Unset):
            size = UNSET
        elif isinstance(self.size, list):
            size = []
            for size_type_1_item_data in self.size:
                size_type_1_item: int
                size_type_1_item = size_type_1_item_data
                size.append(size_type_1_item)

        else:
            size = self.size

        crop: int | list[int] | Literal["aspect"] | None | Unset
        if isinstance(self.crop, Unset):
            crop = UNSET
        elif isinstance(self.crop, list):
            crop = []
            for crop_type_1_item_data in self.crop:
                crop_type_1_item: int
                crop_type_1_item = crop_type_1_item_data
                crop.append(crop_type_1_item)

        else:
            crop = self.crop

        interpolation: str | Unset = UNSET
        if not isinstance(self.interpolation, Unset):
            interpolation = self.interpolation.value

        antialias = self.antialias

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if size is not UNSET:
            field_dict["size"] = size
        if crop is not UNSET:
            field_dict["crop"] = crop
        if interpolation is not UNSET:
            field_dict["interpolation"] = interpolation
        if antialias is not UNSET:
            field_dict["antialias"] = antialias

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_size(data: object) -> int | list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                size_type_1 = []
                _size_type_1 = data
                for size_type_1_item_data in _size_type_1:

                    def _parse_size_type_1_item(data: object) -> int:
                        return cast(int, data)

                    size_type_1_item = _parse_size_type_1_item(size_type_1_item_data)

                    size_type_1.append(size_type_1_item)

                return size_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | list[int] | None | Unset, data)

        size = _parse_size(d.pop("size", UNSET))

        def _parse_crop(data: object) -> int | list[int] | Literal["aspect"] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                crop_type_1 = []
                _crop_type_1 = data
                for crop_type_1_item_data in _crop_type_1:

                    def _parse_crop_type_1_item(data: object) -> int:
                        return cast(int, data)

                    crop_type_1_item = _parse_crop_type_1_item(crop_type_1_item_data)

                    crop_type_1.append(crop_type_1_item)

                return crop_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, str):
                    raise TypeError()
                crop_type_2 = cast(Literal["aspect"], data)

                return crop_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(int | list[int] | Literal["aspect"] | None | Unset, data)

        crop = _parse_crop(d.pop("crop", UNSET))

        _interpolation = d.pop("interpolation", UNSET)
        interpolation: ResizeInterpolation | Unset
        if isinstance(_interpolation, Unset):
            interpolation = UNSET
        else:
            interpolation = ResizeInterpolation(_interpolation)

        antialias = d.pop("antialias", UNSET)

        resize = cls(
            size=size,
            crop=crop,
            interpolation=interpolation,
            antialias=antialias,
        )

        return resize
