from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Exports")


@_attrs_define
class Exports:
    """What checkpoints are written beside ONNX, TorchScript and safetensors, and how.

    Attributes:
        opset (int | None | Unset): Of the ONNX file; null is torch's own choice, 20
        pt2 (bool | Unset): A `torch.export` program too, where the upload was none Default: False.
        int8 (bool | Unset): The ONNX file in 8 bits too (QDQ, static, calibrated on training images), with its accuracy
            beside that of the one in floats Default: False.
    """

    opset: int | None | Unset = UNSET
    pt2: bool | Unset = False
    int8: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        opset: int | None | Unset
        if isinstance(self.opset, Unset):
            opset = UNSET
        else:
            opset = self.opset

        pt2 = self.pt2

        int8 = self.int8

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if opset is not UNSET:
            field_dict["opset"] = opset
        if pt2 is not UNSET:
            field_dict["pt2"] = pt2
        if int8 is not UNSET:
            field_dict["int8"] = int8

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_opset(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        opset = _parse_opset(d.pop("opset", UNSET))

        pt2 = d.pop("pt2", UNSET)

        int8 = d.pop("int8", UNSET)

        exports = cls(
            opset=opset,
            pt2=pt2,
            int8=int8,
        )

        return exports
