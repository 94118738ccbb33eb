from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.event_type import EventType
from ..models.new_webhook_events_type_0_item_type_1 import (
    NewWebhookEventsType0ItemType1,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewWebhook")


@_attrs_define
class NewWebhook:
    """An endpoint with its new secret.

    Attributes:
        id (str):
        url (str):
        description (str):
        events (list[EventType | NewWebhookEventsType0ItemType1] | None): null: all
        enabled (bool):
        created_at (str):
        secret (str): `whsec_…`, for verifying signatures; shown this once
        disabled_at (None | str | Unset):
        disabled_reason (None | str | Unset): Why the service sends nothing any more
        failing_since (None | str | Unset): Since when no message has been taken
        old_secret_ends_at (None | str | Unset): Until when the secret before is used as well
    """

    id: str
    url: str
    description: str
    events: list[EventType | NewWebhookEventsType0ItemType1] | None
    enabled: bool
    created_at: str
    secret: str
    disabled_at: None | str | Unset = UNSET
    disabled_reason: None | str | Unset = UNSET
    failing_since: None | str | Unset = UNSET
    old_secret_ends_at: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        url = self.url

        description = self.description

        events: list[str] | None
        if isinstance(self.events, list):
            events = []
            for events_type_0_item_data in self.events:
                events_type_0_item: str
                if isinstance(events_type_0_item_data, EventType):
                    events_type_0_item = events_type_0_item_data.value
                else:
                    events_type_0_item = events_type_0_item_data.value

                events.append(events_type_0_item)

        else:
            events = self.events

        enabled = self.enabled

        created_at = self.created_at

        secret = self.secret

        disabled_at: None | str | Unset
        if isinstance(self.disabled_at, Unset):
            disabled_at = UNSET
        else:
            disabled_at = self.disabled_at

        disabled_reason: None | str | Unset
        if isinstance(self.disabled_reason, Unset):
            disabled_reason = UNSET
        else:
            disabled_reason = self.disabled_reason

        failing_since: None | str | Unset
        if isinstance(self.failing_since, Unset):
            failing_since = UNSET
        else:
            failing_since = self.failing_since

        old_secret_ends_at: None | str | Unset
        if isinstance(self.old_secret_ends_at, Unset):
            old_secret_ends_at = UNSET
        else:
            old_secret_ends_at = self.old_secret_ends_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "url": url,
                "description": description,
                "events": events,
                "enabled": enabled,
                "created_at": created_at,
                "secret": secret,
            }
        )
        if disabled_at is not UNSET:
            field_dict["disabled_at"] = disabled_at
        if disabled_reason is not UNSET:
            field_dict["disabled_reason"] = disabled_reason
        if failing_since is not UNSET:
            field_dict["failing_since"] = failing_since
        if old_secret_ends_at is not UNSET:
            field_dict["old_secret_ends_at"] = old_secret_ends_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        url = d.pop("url")

        description = d.pop("description")

        def _parse_events(data: object) -> list[EventType | NewWebhookEventsType0ItemType1] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                events_type_0 = []
                _events_type_0 = data
                for events_type_0_item_data in _events_type_0:

                    def _parse_events_type_0_item(data: object) -> EventType | NewWebhookEventsType0ItemType1:
                        try:
                            if not isinstance(data, str):
                                raise TypeError()
                            events_type_0_item_type_0 = EventType(data)

                            return events_type_0_item_type_0
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        if not isinstance(data, str):
                            raise TypeError()
                        events_type_0_item_type_1 = NewWebhookEventsType0ItemType1(data)

                        return events_type_0_item_type_1

                    events_type_0_item = _parse_events_type_0_item(events_type_0_item_data)

                    events_type_0.append(events_type_0_item)

                return events_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[EventType | NewWebhookEventsType0ItemType1] | None, data)

        events = _parse_events(d.pop("events"))

        enabled = d.pop("enabled")

        created_at = d.pop("created_at")

        secret = d.pop("secret")

        def _parse_disabled_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        disabled_at = _parse_disabled_at(d.pop("disabled_at", UNSET))

        def _parse_disabled_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        disabled_reason = _parse_disabled_reason(d.pop("disabled_reason", UNSET))

        def _parse_failing_since(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        failing_since = _parse_failing_since(d.pop("failing_since", UNSET))

        def _parse_old_secret_ends_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        old_secret_ends_at = _parse_old_secret_ends_at(d.pop("old_secret_ends_at", UNSET))

        new_webhook = cls(
            id=id,
            url=url,
            description=description,
            events=events,
            enabled=enabled,
            created_at=created_at,
            secret=secret,
            disabled_at=disabled_at,
            disabled_reason=disabled_reason,
            failing_since=failing_since,
            old_secret_ends_at=old_secret_ends_at,
        )

        return new_webhook
