from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.event_answer_outcome import EventAnswerOutcome
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.version_info import VersionInfo


T = TypeVar("T", bound="EventAnswer")


@_attrs_define
class EventAnswer:
    """What became of an event. The same event again is `known`, and says how far the audit is.

    Attributes:
        outcome (EventAnswerOutcome):
        version (None | Unset | VersionInfo): null where the event is of nothing that is audited
    """

    outcome: EventAnswerOutcome
    version: None | Unset | VersionInfo = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.version_info import VersionInfo  # noqa: PLC0415

        outcome = self.outcome.value

        version: dict[str, Any] | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        elif isinstance(self.version, VersionInfo):
            version = self.version.to_dict()
        else:
            version = self.version

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "outcome": outcome,
            }
        )
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.version_info import VersionInfo  # noqa: PLC0415

        d = dict(src_dict)
        outcome = EventAnswerOutcome(d.pop("outcome"))

        def _parse_version(data: object) -> None | Unset | VersionInfo:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                version_type_0 = VersionInfo.from_dict(data)

                return version_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | VersionInfo, data)

        version = _parse_version(d.pop("version", UNSET))

        event_answer = cls(
            outcome=outcome,
            version=version,
        )

        return event_answer
