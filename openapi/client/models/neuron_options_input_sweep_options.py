from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.neuron_options_input_sweep_options_taps_item import (
    NeuronOptionsInputSweepOptionsTapsItem,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="NeuronOptionsInputSweepOptions")


@_attrs_define
class NeuronOptionsInputSweepOptions:
    """Dual pairs are made anew at every eps, with the steps of `neurons`; step size eps / sqrt(steps).

    Attributes:
        eps (list[float | str] | Unset): L-infinity eps of the pairs
        taps (list[NeuronOptionsInputSweepOptionsTapsItem] | Unset):
        max_samples (int | None | Unset): Pairs at each eps; null is every sample
    """

    eps: list[float | str] | Unset = UNSET
    taps: list[NeuronOptionsInputSweepOptionsTapsItem] | Unset = UNSET
    max_samples: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        eps: list[float | str] | Unset = UNSET
        if not isinstance(self.eps, Unset):
            eps = []
            for eps_item_data in self.eps:
                eps_item: float | str
                eps_item = eps_item_data
                eps.append(eps_item)

        taps: list[str] | Unset = UNSET
        if not isinstance(self.taps, Unset):
            taps = []
            for taps_item_data in self.taps:
                taps_item = taps_item_data.value
                taps.append(taps_item)

        max_samples: int | None | Unset
        if isinstance(self.max_samples, Unset):
            max_samples = UNSET
        else:
            max_samples = self.max_samples

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if eps is not UNSET:
            field_dict["eps"] = eps
        if taps is not UNSET:
            field_dict["taps"] = taps
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _eps = d.pop("eps", UNSET)
        eps: list[float | str] | Unset = UNSET
        if _eps is not UNSET:
            eps = []
            for eps_item_data in _eps:

                def _parse_eps_item(data: object) -> float | str:
                    return cast(float | str, data)

                eps_item = _parse_eps_item(eps_item_data)

                eps.append(eps_item)

        _taps = d.pop("taps", UNSET)
        taps: list[NeuronOptionsInputSweepOptionsTapsItem] | Unset = UNSET
        if _taps is not UNSET:
            taps = []
            for taps_item_data in _taps:
                taps_item = NeuronOptionsInputSweepOptionsTapsItem(taps_item_data)

                taps.append(taps_item)

        def _parse_max_samples(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_samples = _parse_max_samples(d.pop("max_samples", UNSET))

        neuron_options_input_sweep_options = cls(
            eps=eps,
            taps=taps,
            max_samples=max_samples,
        )

        return neuron_options_input_sweep_options
