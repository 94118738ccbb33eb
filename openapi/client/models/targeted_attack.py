from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TargetedAttack")


@_attrs_define
class TargetedAttack:
    """
    Attributes:
        name (str):
        eps (float):
        steps (int):
        targeted (bool | Unset):  Default: True.
    """

    name: str
    eps: float
    steps: int
    targeted: bool | Unset = True

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        eps = self.eps

        steps = self.steps

        targeted = self.targeted

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "eps": eps,
                "steps": steps,
            }
        )
        if targeted is not UNSET:
            field_dict["targeted"] = targeted

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        eps = d.pop("eps")

        steps = d.pop("steps")

        targeted = d.pop("targeted", UNSET)

        targeted_attack = cls(
            name=name,
            eps=eps,
            steps=steps,
            targeted=targeted,
        )

        return targeted_attack
