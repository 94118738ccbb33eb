from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Head")


@_attrs_define
class Head:
    """The last linear layer and the neurons that it reads, or what stands in the way of analyses of them.

    Attributes:
        layer (None | str | Unset): The last layer; of a head over two tokens both, joined by ' + '
        penultimate (None | str | Unset): The layer whose neurons it reads, or what several have in common
        neurons (int | None | Unset):
        missing (None | str | Unset): Why there is none
    """

    layer: None | str | Unset = UNSET
    penultimate: None | str | Unset = UNSET
    neurons: int | None | Unset = UNSET
    missing: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        layer: None | str | Unset
        if isinstance(self.layer, Unset):
            layer = UNSET
        else:
            layer = self.layer

        penultimate: None | str | Unset
        if isinstance(self.penultimate, Unset):
            penultimate = UNSET
        else:
            penultimate = self.penultimate

        neurons: int | None | Unset
        if isinstance(self.neurons, Unset):
            neurons = UNSET
        else:
            neurons = self.neurons

        missing: None | str | Unset
        if isinstance(self.missing, Unset):
            missing = UNSET
        else:
            missing = self.missing

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if layer is not UNSET:
            field_dict["layer"] = layer
        if penultimate is not UNSET:
            field_dict["penultimate"] = penultimate
        if neurons is not UNSET:
            field_dict["neurons"] = neurons
        if missing is not UNSET:
            field_dict["missing"] = missing

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_layer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        layer = _parse_layer(d.pop("layer", UNSET))

        def _parse_penultimate(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        penultimate = _parse_penultimate(d.pop("penultimate", UNSET))

        def _parse_neurons(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        neurons = _parse_neurons(d.pop("neurons", UNSET))

        def _parse_missing(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        missing = _parse_missing(d.pop("missing", UNSET))

        head = cls(
            layer=layer,
            penultimate=penultimate,
            neurons=neurons,
            missing=missing,
        )

        return head
