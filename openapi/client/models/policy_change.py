from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.applies_to import AppliesTo
    from ..models.policy_rule import PolicyRule


T = TypeVar("T", bound="PolicyChange")


@_attrs_define
class PolicyChange:
    """What is to change; what is left out stays. Audits that are there keep the rules that they were started with.

    Attributes:
        name (None | str | Unset):
        description (None | str | Unset):
        rules (list[PolicyRule] | None | Unset):
        intervals (bool | None | Unset):
        applies_to (AppliesTo | None | Unset):
    """

    name: None | str | Unset = UNSET
    description: None | str | Unset = UNSET
    rules: list[PolicyRule] | None | Unset = UNSET
    intervals: bool | None | Unset = UNSET
    applies_to: AppliesTo | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.applies_to import AppliesTo  # noqa: PLC0415

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        rules: list[dict[str, Any]] | None | Unset
        if isinstance(self.rules, Unset):
            rules = UNSET
        elif isinstance(self.rules, list):
            rules = []
            for rules_type_0_item_data in self.rules:
                rules_type_0_item = rules_type_0_item_data.to_dict()
                rules.append(rules_type_0_item)

        else:
            rules = self.rules

        intervals: bool | None | Unset
        if isinstance(self.intervals, Unset):
            intervals = UNSET
        else:
            intervals = self.intervals

        applies_to: dict[str, Any] | None | Unset
        if isinstance(self.applies_to, Unset):
            applies_to = UNSET
        elif isinstance(self.applies_to, AppliesTo):
            applies_to = self.applies_to.to_dict()
        else:
            applies_to = self.applies_to

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if rules is not UNSET:
            field_dict["rules"] = rules
        if intervals is not UNSET:
            field_dict["intervals"] = intervals
        if applies_to is not UNSET:
            field_dict["applies_to"] = applies_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.applies_to import AppliesTo  # noqa: PLC0415
        from ..models.policy_rule import PolicyRule  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_rules(data: object) -> list[PolicyRule] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                rules_type_0 = []
                _rules_type_0 = data
                for rules_type_0_item_data in _rules_type_0:
                    rules_type_0_item = PolicyRule.from_dict(rules_type_0_item_data)

                    rules_type_0.append(rules_type_0_item)

                return rules_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[PolicyRule] | None | Unset, data)

        rules = _parse_rules(d.pop("rules", UNSET))

        def _parse_intervals(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        intervals = _parse_intervals(d.pop("intervals", UNSET))

        def _parse_applies_to(data: object) -> AppliesTo | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                applies_to_type_0 = AppliesTo.from_dict(data)

                return applies_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AppliesTo | None | Unset, data)

        applies_to = _parse_applies_to(d.pop("applies_to", UNSET))

        policy_change = cls(
            name=name,
            description=description,
            rules=rules,
            intervals=intervals,
            applies_to=applies_to,
        )

        return policy_change
