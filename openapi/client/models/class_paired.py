from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ClassPaired")


@_attrs_define
class ClassPaired:
    """One class by itself.

    Attributes:
        n (int):
        base (float): Share of the n samples that the base holds: correct and not fooled
        candidate (float): The same of the candidate
        difference (float): candidate − base
        ci95 (list[float]): 95 % score interval of the difference of paired proportions (Tango 1998)
        won (int): Samples that only the candidate holds
        lost (int): Samples that only the base holds
        p (float): McNemar's exact two-sided test
        p_adjusted (float): The same with all rows of its list in view (Holm 1979)
        worse (list[int]): Indices of the lost samples: the first 1000, of a class the first 50
        better (list[int]): Indices of the won samples, likewise
        label (int): The class's number in the base
        name (None | str | Unset): Its name, where it has one
    """

    n: int
    base: float
    candidate: float
    difference: float
    ci95: list[float]
    won: int
    lost: int
    p: float
    p_adjusted: float
    worse: list[int]
    better: list[int]
    label: int
    name: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        n = self.n

        base = self.base

        candidate = self.candidate

        difference = self.difference

        ci95 = []
        for ci95_item_data in self.ci95:
            ci95_item: float
            ci95_item = ci95_item_data
            ci95.append(ci95_item)

        won = self.won

        lost = self.lost

        p = self.p

        p_adjusted = self.p_adjusted

        worse = self.worse

        better = self.better

        label = self.label

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "n": n,
                "base": base,
                "candidate": candidate,
                "difference": difference,
                "ci95": ci95,
                "won": won,
                "lost": lost,
                "p": p,
                "p_adjusted": p_adjusted,
                "worse": worse,
                "better": better,
                "label": label,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        n = d.pop("n")

        base = d.pop("base")

        candidate = d.pop("candidate")

        difference = d.pop("difference")

        ci95 = []
        _ci95 = d.pop("ci95")
        for ci95_item_data in _ci95:

            def _parse_ci95_item(data: object) -> float:
                return cast(float, data)

            ci95_item = _parse_ci95_item(ci95_item_data)

            ci95.append(ci95_item)

        won = d.pop("won")

        lost = d.pop("lost")

        p = d.pop("p")

        p_adjusted = d.pop("p_adjusted")

        worse = cast(list[int], d.pop("worse"))

        better = cast(list[int], d.pop("better"))

        label = d.pop("label")

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        class_paired = cls(
            n=n,
            base=base,
            candidate=candidate,
            difference=difference,
            ci95=ci95,
            won=won,
            lost=lost,
            p=p,
            p_adjusted=p_adjusted,
            worse=worse,
            better=better,
            label=label,
            name=name,
        )

        return class_paired
