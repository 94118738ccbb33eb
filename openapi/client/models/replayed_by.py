from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ReplayedBy")


@_attrs_define
class ReplayedBy:
    """One attack.

    Attributes:
        n (int): Kept examples that fooled the earlier model
        still_fooled (int): Those of them that the model classifies wrongly
        rate (float | None): still_fooled over n; null without any example
        id (str):
        threat_model (str):
        ci95 (list[float] | None | Unset):
    """

    n: int
    still_fooled: int
    rate: float | None
    id: str
    threat_model: str
    ci95: list[float] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        n = self.n

        still_fooled = self.still_fooled

        rate: float | None
        rate = self.rate

        id = self.id

        threat_model = self.threat_model

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
                "n": n,
                "still_fooled": still_fooled,
                "rate": rate,
                "id": id,
                "threat_model": threat_model,
            }
        )
        if ci95 is not UNSET:
            field_dict["ci95"] = ci95

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        n = d.pop("n")

        still_fooled = d.pop("still_fooled")

        def _parse_rate(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        rate = _parse_rate(d.pop("rate"))

        id = d.pop("id")

        threat_model = d.pop("threat_model")

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

        replayed_by = cls(
            n=n,
            still_fooled=still_fooled,
            rate=rate,
            id=id,
            threat_model=threat_model,
            ci95=ci95,
        )

        return replayed_by
