from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Perturbation")


@_attrs_define
class Perturbation:
    """x' - x in pixels in [0, 1].

    Attributes:
        linf (float):
        l2 (float):
    """

    linf: float
    l2: float

    def to_dict(self) -> dict[str, Any]:
        linf = self.linf

        l2 = self.l2

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "linf": linf,
                "l2": l2,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        linf = d.pop("linf")

        l2 = d.pop("l2")

        perturbation = cls(
            linf=linf,
            l2=l2,
        )

        return perturbation
