from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.report_verdict_status_type_0 import ReportVerdictStatusType0

if TYPE_CHECKING:
    from ..models.rule_result import RuleResult


T = TypeVar("T", bound="ReportVerdict")


@_attrs_define
class ReportVerdict:
    """
    Attributes:
        status (None | ReportVerdictStatusType0): null when no rule was given
        rules (list[RuleResult]):
    """

    status: None | ReportVerdictStatusType0
    rules: list[RuleResult]

    def to_dict(self) -> dict[str, Any]:
        status: None | str
        if isinstance(self.status, ReportVerdictStatusType0):
            status = self.status.value
        else:
            status = self.status

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "status": status,
                "rules": rules,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rule_result import RuleResult  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_status(data: object) -> None | ReportVerdictStatusType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = ReportVerdictStatusType0(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportVerdictStatusType0, data)

        status = _parse_status(d.pop("status"))

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = RuleResult.from_dict(rules_item_data)

            rules.append(rules_item)

        report_verdict = cls(
            status=status,
            rules=rules,
        )

        return report_verdict
