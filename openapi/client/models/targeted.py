from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Targeted")


@_attrs_define
class Targeted:
    """How often an attack on one chosen class reached it; `robust_accuracy` counts every wrong class.

    Attributes:
        target (int):
        reached (int): Confirmed examples of the chosen class
        n (int): Attacked samples: correctly classified, of another class
        success_rate (float | None): Reached over attacked; null when none was attacked
        name (None | str | Unset): The class's name, where it has one
        ci95 (list[float] | None | Unset):
    """

    target: int
    reached: int
    n: int
    success_rate: float | None
    name: None | str | Unset = UNSET
    ci95: list[float] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        target = self.target

        reached = self.reached

        n = self.n

        success_rate: float | None
        success_rate = self.success_rate

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        ci95: list[float] | None | Unset
        if isinstance(self.ci95, Unset):
            ci95 = UNSET
        elif isinstance(self.ci95, list):
            ci95 = []
            for ci95_type_0_item_data in self.ci95:
                ci95_type_0_item: float
                ci95_type_0_item = ci95_type_0_item_data
                ci95.append(ci95_type_0_item)

        else:
            ci95 = self.ci95

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "target": target,
                "reached": reached,
                "n": n,
                "success_rate": success_rate,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if ci95 is not UNSET:
            field_dict["ci95"] = ci95

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        target = d.pop("target")

        reached = d.pop("reached")

        n = d.pop("n")

        def _parse_success_rate(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        success_rate = _parse_success_rate(d.pop("success_rate"))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_ci95(data: object) -> list[float] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                ci95_type_0 = []
                _ci95_type_0 = data
                for ci95_type_0_item_data in _ci95_type_0:

                    def _parse_ci95_type_0_item(data: object) -> float:
                        return cast(float, data)

                    ci95_type_0_item = _parse_ci95_type_0_item(ci95_type_0_item_data)

                    ci95_type_0.append(ci95_type_0_item)

                return ci95_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[float] | None | Unset, data)

        ci95 = _parse_ci95(d.pop("ci95", UNSET))

        targeted = cls(
            target=target,
            reached=reached,
            n=n,
            success_rate=success_rate,
            name=name,
            ci95=ci95,
        )

        return targeted
