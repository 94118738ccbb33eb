from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.threat_model import ThreatModel


T = TypeVar("T", bound="ThreatPaired")


@_attrs_define
class ThreatPaired:
    """The worst case over the attacks of a threat model that both audits ran.

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
        threat_model (str):
        threat (None | ThreatModel):
        attacks (list[str]): Ids in the base
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
    threat_model: str
    threat: None | ThreatModel
    attacks: list[str]

    def to_dict(self) -> dict[str, Any]:
        from ..models.threat_model import ThreatModel  # noqa: PLC0415

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

        threat_model = self.threat_model

        threat: dict[str, Any] | None
        if isinstance(self.threat, ThreatModel):
            threat = self.threat.to_dict()
        else:
            threat = self.threat

        attacks = self.attacks

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
                "threat_model": threat_model,
                "threat": threat,
                "attacks": attacks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.threat_model import ThreatModel  # noqa: PLC0415

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

        threat_model = d.pop("threat_model")

        def _parse_threat(data: object) -> None | ThreatModel:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                threat_type_0 = ThreatModel.from_dict(data)

                return threat_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ThreatModel, data)

        threat = _parse_threat(d.pop("threat"))

        attacks = cast(list[str], d.pop("attacks"))

        threat_paired = cls(
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
            threat_model=threat_model,
            threat=threat,
            attacks=attacks,
        )

        return threat_paired
