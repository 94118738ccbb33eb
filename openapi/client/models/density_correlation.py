from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="DensityCorrelation")


@_attrs_define
class DensityCorrelation:
    """Spearman's correlation of density and semantic amount over all regions; nulls where a side is constant.

    Attributes:
        value (float | None):
        n (int):
        p (float | None): Two-sided, as if regions were independent
        p_within (float | None): By shuffling densities inside each image
    """

    value: float | None
    n: int
    p: float | None
    p_within: float | None

    def to_dict(self) -> dict[str, Any]:
        value: float | None
        value = self.value

        n = self.n

        p: float | None
        p = self.p

        p_within: float | None
        p_within = self.p_within

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "value": value,
                "n": n,
                "p": p,
                "p_within": p_within,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_value(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        value = _parse_value(d.pop("value"))

        n = d.pop("n")

        def _parse_p(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        p = _parse_p(d.pop("p"))

        def _parse_p_within(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        p_within = _parse_p_within(d.pop("p_within"))

        density_correlation = cls(
            value=value,
            n=n,
            p=p,
            p_within=p_within,
        )

        return density_correlation
