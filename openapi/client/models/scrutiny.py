from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Scrutiny")


@_attrs_define
class Scrutiny:
    """Before against after once more, in every ball of the attacks, by attacks that see through masked gradients.

    Attributes:
        max_samples (int | Unset): The first so many of the evaluated samples Default: 128.
        autoattack (bool | Unset): AutoAttack on both models Default: True.
        more_steps (int | Unset): PGD on both models with so many times the steps of PGD; 1 leaves it out Default: 10.
        transfer (bool | Unset): Full-strength PGD examples of the uploaded model, on the hardened one Default: True.
        straight_through (bool | Unset): PGD on the hardened model with straight-through gradients (BPDA) for operators
            whose own is zero Default: True.
        neurons (bool | Unset): Sensitivity and ratio of every layer, before and after (SNS, Fig. 17) Default: True.
    """

    max_samples: int | Unset = 128
    autoattack: bool | Unset = True
    more_steps: int | Unset = 10
    transfer: bool | Unset = True
    straight_through: bool | Unset = True
    neurons: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        max_samples = self.max_samples

        autoattack = self.autoattack

        more_steps = self.more_steps

        transfer = self.transfer

        straight_through = self.straight_through

        neurons = self.neurons

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if max_samples is not UNSET:
            field_dict["max_samples"] = max_samples
        if autoattack is not UNSET:
            field_dict["autoattack"] = autoattack
        if more_steps is not UNSET:
            field_dict["more_steps"] = more_steps
        if transfer is not UNSET:
            field_dict["transfer"] = transfer
        if straight_through is not UNSET:
            field_dict["straight_through"] = straight_through
        if neurons is not UNSET:
            field_dict["neurons"] = neurons

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        max_samples = d.pop("max_samples", UNSET)

        autoattack = d.pop("autoattack", UNSET)

        more_steps = d.pop("more_steps", UNSET)

        transfer = d.pop("transfer", UNSET)

        straight_through = d.pop("straight_through", UNSET)

        neurons = d.pop("neurons", UNSET)

        scrutiny = cls(
            max_samples=max_samples,
            autoattack=autoattack,
            more_steps=more_steps,
            transfer=transfer,
            straight_through=straight_through,
            neurons=neurons,
        )

        return scrutiny
