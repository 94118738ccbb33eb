from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.layer_info_kind import LayerInfoKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="LayerInfo")


@_attrs_define
class LayerInfo:
    """One convolution or linear layer of the audited graph; a neuron is a channel or a unit (SNS, section 3).

    Attributes:
        name (str): The name of the layer's weight in the file, without the trailing '.weight'
        kind (LayerInfoKind):
        neurons (int):
        shape (list[int]): Output shape for one image: [c, h, w] or [units]
        depth (int): Position among the layers in order of execution, from 0
        norm_folded (bool | Unset): True when the file holds no separate normalisation after a conv Default: False.
    """

    name: str
    kind: LayerInfoKind
    neurons: int
    shape: list[int]
    depth: int
    norm_folded: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        kind = self.kind.value

        neurons = self.neurons

        shape = self.shape

        depth = self.depth

        norm_folded = self.norm_folded

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "neurons": neurons,
                "shape": shape,
                "depth": depth,
            }
        )
        if norm_folded is not UNSET:
            field_dict["norm_folded"] = norm_folded

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        kind = LayerInfoKind(d.pop("kind"))

        neurons = d.pop("neurons")

        shape = cast(list[int], d.pop("shape"))

        depth = d.pop("depth")

        norm_folded = d.pop("norm_folded", UNSET)

        layer_info = cls(
            name=name,
            kind=kind,
            neurons=neurons,
            shape=shape,
            depth=depth,
            norm_folded=norm_folded,
        )

        return layer_info
