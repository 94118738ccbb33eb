from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.policy_rule_op import PolicyRuleOp
from ..types import UNSET, Unset

T = TypeVar("T", bound="PolicyRule")


@_attrs_define
class PolicyRule:
    """One gate, e.g. ``worst_case.robust_accuracy >= 0.4``. `metric` is a path into the report.

    A rule has a `value` of its own, or is `relative_to` an earlier audit: then the metric may be worse than that
    audit's by `drop` at most.

        Attributes:
            metric (str):
            op (PolicyRuleOp | Unset): Of a relative rule: `>=` where more is better, `<=` where less is Default:
                PolicyRuleOp.VALUE_0.
            relative_to (None | str | Unset): An earlier audit whose metric is the measure
            drop (float | None | Unset): Of a relative rule: how much worse than the earlier audit's the metric may be; null
                is 0
            value (float | None | Unset):
            intervals (bool | Unset): Judge by the 95 % interval of a proportion instead of its value: pass where all of it
                fulfils the rule, fail where none of it does, else inconclusive; numbers without an interval are judged by their
                value, and so are rules with == Default: False.
            policy_id (None | str | Unset): The named policy that the rule comes from; told by the service, and refused
                where it is sent
    """

    metric: str
    op: PolicyRuleOp | Unset = PolicyRuleOp.VALUE_0
    relative_to: None | str | Unset = UNSET
    drop: float | None | Unset = UNSET
    value: float | None | Unset = UNSET
    intervals: bool | Unset = False
    policy_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        metric = self.metric

        op: str | Unset = UNSET
        if not isinstance(self.op, Unset):
            op = self.op.value

        relative_to: None | str | Unset
        if isinstance(self.relative_to, Unset):
            relative_to = UNSET
        else:
            relative_to = self.relative_to

        drop: float | None | Unset
        if isinstance(self.drop, Unset):
            drop = UNSET
        else:
            drop = self.drop

        value: float | None | Unset
        if isinstance(self.value, Unset):
            value = UNSET
        else:
            value = self.value

        intervals = self.intervals

        policy_id: None | str | Unset
        if isinstance(self.policy_id, Unset):
            policy_id = UNSET
        else:
            policy_id = self.policy_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "metric": metric,
            }
        )
        if op is not UNSET:
            field_dict["op"] = op
        if relative_to is not UNSET:
            field_dict["relative_to"] = relative_to
        if drop is not UNSET:
            field_dict["drop"] = drop
        if value is not UNSET:
            field_dict["value"] = value
        if intervals is not UNSET:
            field_dict["intervals"] = intervals
        if policy_id is not UNSET:
            field_dict["policy_id"] = policy_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        metric = d.pop("metric")

        _op = d.pop("op", UNSET)
        op: PolicyRuleOp | Unset
        if isinstance(_op, Unset):
            op = UNSET
        else:
            op = PolicyRuleOp(_op)

        def _parse_relative_to(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        relative_to = _parse_relative_to(d.pop("relative_to", UNSET))

        def _parse_drop(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        drop = _parse_drop(d.pop("drop", UNSET))

        def _parse_value(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        value = _parse_value(d.pop("value", UNSET))

        intervals = d.pop("intervals", UNSET)

        def _parse_policy_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        policy_id = _parse_policy_id(d.pop("policy_id", UNSET))

        policy_rule = cls(
            metric=metric,
            op=op,
            relative_to=relative_to,
            drop=drop,
            value=value,
            intervals=intervals,
            policy_id=policy_id,
        )

        return policy_rule
