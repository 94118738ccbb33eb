from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.swept_layer import SweptLayer


T = TypeVar("T", bound="LayerSweep")


@_attrs_define
class LayerSweep:
    """The layer against ε, at each tap.

    Attributes:
        eps (list[float]):
        taps (list[SweptLayer]):
    """

    eps: list[float]
    taps: list[SweptLayer]

    def to_dict(self) -> dict[str, Any]:
        eps = self.eps

        taps = []
        for taps_item_data in self.taps:
            taps_item = taps_item_data.to_dict()
            taps.append(taps_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "eps": eps,
                "taps": taps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.swept_layer import SweptLayer  # noqa: PLC0415

        d = dict(src_dict)
        eps = cast(list[float], d.pop("eps"))

        taps = []
        _taps = d.pop("taps")
        for taps_item_data in _taps:
            taps_item = SweptLayer.from_dict(taps_item_data)

            taps.append(taps_item)

        layer_sweep = cls(
            eps=eps,
            taps=taps,
        )

        return layer_sweep
