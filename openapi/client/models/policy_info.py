from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.applies_to import AppliesTo
    from ..models.policy_rule import PolicyRule


T = TypeVar("T", bound="PolicyInfo")


@_attrs_define
class PolicyInfo:
    """A named policy.

    Attributes:
        id (str):
        name (str):
        description (str):
        rules (list[PolicyRule]):
        intervals (bool): Judge all rules by the 95 % intervals of proportions (see `intervals` of a rule)
        applies_to (AppliesTo): The models whose audits a policy is bound to: by one of these names, or by all of these
            tags.
        created_at (str):
        updated_at (str):
    """

    id: str
    name: str
    description: str
    rules: list[PolicyRule]
    intervals: bool
    applies_to: AppliesTo
    created_at: str
    updated_at: str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        intervals = self.intervals

        applies_to = self.applies_to.to_dict()

        created_at = self.created_at

        updated_at = self.updated_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "rules": rules,
                "intervals": intervals,
                "applies_to": applies_to,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.applies_to import AppliesTo  # noqa: PLC0415
        from ..models.policy_rule import PolicyRule  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        description = d.pop("description")

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = PolicyRule.from_dict(rules_item_data)

            rules.append(rules_item)

        intervals = d.pop("intervals")

        applies_to = AppliesTo.from_dict(d.pop("applies_to"))

        created_at = d.pop("created_at")

        updated_at = d.pop("updated_at")

        policy_info = cls(
            id=id,
            name=name,
            description=description,
            rules=rules,
            intervals=intervals,
            applies_to=applies_to,
            created_at=created_at,
            updated_at=updated_at,
        )

        return policy_info
