from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.replay_report_verdict_type_0 import ReplayReportVerdictType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.replayed_by import ReplayedBy


T = TypeVar("T", bound="ReplayReport")


@_attrs_define
class ReplayReport:
    """The replay of an earlier audit's examples.

    Attributes:
        n (int): Kept examples that fooled the earlier model
        still_fooled (int): Those of them that the model classifies wrongly
        rate (float | None): still_fooled over n; null without any example
        audit (str): The earlier audit
        by_attack (list[ReplayedBy]):
        verdict (None | ReplayReportVerdictType0): What they alone say of the policy: `fail` where a rule is broken
            whatever the attacks will find, `pass` where every rule is about the replay and holds, else `inconclusive`; null
            without rules
        ci95 (list[float] | None | Unset):
    """

    n: int
    still_fooled: int
    rate: float | None
    audit: str
    by_attack: list[ReplayedBy]
    verdict: None | ReplayReportVerdictType0
    ci95: list[float] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        n = self.n

        still_fooled = self.still_fooled

        rate: float | None
        rate = self.rate

        audit = self.audit

        by_attack = []
        for by_attack_item_data in self.by_attack:
            by_attack_item = by_attack_item_data.to_dict()
            by_attack.append(by_attack_item)

        verdict: None | str
        if isinstance(self.verdict, ReplayReportVerdictType0):
            verdict = self.verdict.value
        else:
            verdict = self.verdict

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
                "audit": audit,
                "by_attack": by_attack,
                "verdict": verdict,
            }
        )
        if ci95 is not UNSET:
            field_dict["ci95"] = ci95

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.replayed_by import ReplayedBy  # noqa: PLC0415

        d = dict(src_dict)
        n = d.pop("n")

        still_fooled = d.pop("still_fooled")

        def _parse_rate(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        rate = _parse_rate(d.pop("rate"))

        audit = d.pop("audit")

        by_attack = []
        _by_attack = d.pop("by_attack")
        for by_attack_item_data in _by_attack:
            by_attack_item = ReplayedBy.from_dict(by_attack_item_data)

            by_attack.append(by_attack_item)

        def _parse_verdict(data: object) -> None | ReplayReportVerdictType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                verdict_type_0 = ReplayReportVerdictType0(data)

                return verdict_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReplayReportVerdictType0, data)

        verdict = _parse_verdict(d.pop("verdict"))

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

        replay_report = cls(
            n=n,
            still_fooled=still_fooled,
            rate=rate,
            audit=audit,
            by_attack=by_attack,
            verdict=verdict,
            ci95=ci95,
        )

        return replay_report
