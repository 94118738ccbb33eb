from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.rule_result_status import RuleResultStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="RuleResult")


@_attrs_define
class RuleResult:
    """
    Attributes:
        metric (str):
        op (str):
        value (float | None): Of a relative rule what its baseline and `drop` come to; null where the baseline has no
            such number
        actual (float | None):
        status (RuleResultStatus):
        detail (None | str | Unset): Why a rule is inconclusive
        ci95 (list[float] | None | Unset): Of a rule that is judged by intervals: that of `actual`, of a relative one
            that of the difference
        relative_to (None | str | Unset): The audit that the rule is relative to
        baseline (float | None | Unset): The metric in that audit
        drop (float | None | Unset):
        policy_id (None | str | Unset): The named policy that the rule comes from
    """

    metric: str
    op: str
    value: float | None
    actual: float | None
    status: RuleResultStatus
    detail: None | str | Unset = UNSET
    ci95: list[float] | None | Unset = UNSET
    relative_to: None | str | Unset = UNSET
    baseline: float | None | Unset = UNSET
    drop: float | None | Unset = UNSET
    policy_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        metric = self.metric

        op = self.op

        value: float | None
        value = self.value

        actual: float | None
        actual = self.actual

        status = self.status.value

        detail: None | str | Unset
        if isinstance(self.detail, Unset):
            detail = UNSET
        else:
            detail = self.detail

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

        relative_to: None | str | Unset
        if isinstance(self.relative_to, Unset):
            relative_to = UNSET
        else:
            relative_to = self.relative_to

        baseline: float | None | Unset
        if isinstance(self.baseline, Unset):
            baseline = UNSET
        else:
            baseline = self.baseline

        drop: float | None | Unset
        if isinstance(self.drop, Unset):
            drop = UNSET
        else:
            drop = self.drop

        policy_id: None | str | Unset
        if isinstance(self.policy_id, Unset):
            policy_id = UNSET
        else:
            policy_id = self.policy_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "metric": metric,
                "op": op,
                "value": value,
                "actual": actual,
                "status": status,
            }
        )
        if detail is not UNSET:
            field_dict["detail"] = detail
        if ci95 is not UNSET:
            field_dict["ci95"] = ci95
        if relative_to is not UNSET:
            field_dict["relative_to"] = relative_to
        if baseline is not UNSET:
            field_dict["baseline"] = baseline
        if drop is not UNSET:
            field_dict["drop"] = drop
        if policy_id is not UNSET:
            field_dict["policy_id"] = policy_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        metric = d.pop("metric")

        op = d.pop("op")

        def _parse_value(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        value = _parse_value(d.pop("value"))

        def _parse_actual(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        actual = _parse_actual(d.pop("actual"))

        status = RuleResultStatus(d.pop("status"))

        def _parse_detail(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        detail = _parse_detail(d.pop("detail", UNSET))

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

        def _parse_relative_to(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        relative_to = _parse_relative_to(d.pop("relative_to", UNSET))

        def _parse_baseline(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        baseline = _parse_baseline(d.pop("baseline", UNSET))

        def _parse_drop(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        drop = _parse_drop(d.pop("drop", UNSET))

        def _parse_policy_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy_id = _parse_policy_id(d.pop("policy_id", UNSET))

        rule_result = cls(
            metric=metric,
            op=op,
            value=value,
            actual=actual,
            status=status,
            detail=detail,
            ci95=ci95,
            relative_to=relative_to,
            baseline=baseline,
            drop=drop,
            policy_id=policy_id,
        )

        return rule_result
