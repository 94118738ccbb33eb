from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.applies_to import AppliesTo
    from ..models.policy_rule import PolicyRule


T = TypeVar("T", bound="PolicyRequest")


@_attrs_define
class PolicyRequest:
    """The body of `POST /v1/policies`.

    Attributes:
        name (str):
        rules (list[PolicyRule]):
        description (str | Unset):  Default: ''.
        intervals (bool | Unset): Judge all rules by the 95 % intervals of proportions (see `intervals` of a rule)
            Default: True.
        applies_to (AppliesTo | Unset): The models whose audits a policy is bound to: by one of these names, or by all
            of these tags.
    """

    name: str
    rules: list[PolicyRule]
    description: str | Unset = ""
    intervals: bool | Unset = True
    applies_to: AppliesTo | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        description = self.description

        intervals = self.intervals

        applies_to: dict[str, Any] | Unset = UNSET
        if not isinstance(self.applies_to, Unset):
            applies_to = self.applies_to.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "rules": rules,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
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
        name = d.pop("name")

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = PolicyRule.from_dict(rules_item_data)

            rules.append(rules_item)

        description = d.pop("description", UNSET)

        intervals = d.pop("intervals", UNSET)

        _applies_to = d.pop("applies_to", UNSET)
        applies_to: AppliesTo | Unset
        if isinstance(_applies_to, Unset):
            applies_to = UNSET
        else:
            applies_to = AppliesTo.from_dict(_applies_to)

        policy_request = cls(
            name=name,
            rules=rules,
            description=description,
            intervals=intervals,
            applies_to=applies_to,
        )

        return policy_request
