from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.event_type import EventType
from ..models.webhook_request_events_type_0_item_type_1 import (
    WebhookRequestEventsType0ItemType1,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookRequest")


@_attrs_define
class WebhookRequest:
    """The body of `POST /v1/webhook-endpoints`.

    Attributes:
        url (str): http or https, without a user. Addresses that are not public are refused unless the service allows
            them
        description (str | Unset):  Default: ''.
        events (list[EventType | WebhookRequestEventsType0ItemType1] | None | Unset): Which events are sent, `audit.*`
            all of audits; null: all
    """

    url: str
    description: str | Unset = ""
    events: list[EventType | WebhookRequestEventsType0ItemType1] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        description = self.description

        events: list[str] | None | Unset
        if isinstance(self.events, Unset):
            events = UNSET
        elif isinstance(self.events, list):
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

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "url": url,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if events is not UNSET:
            field_dict["events"] = events

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        description = d.pop("description", UNSET)

        def _parse_events(data: object) -> list[EventType | WebhookRequestEventsType0ItemType1] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                events_type_0 = []
                _events_type_0 = data
                for events_type_0_item_data in _events_type_0:

                    def _parse_events_type_0_item(data: object) -> EventType | WebhookRequestEventsType0ItemType1:
                        try:
                            if not isinstance(data, str):
                                raise TypeError()
                            events_type_0_item_type_0 = EventType(data)

                            return events_type_0_item_type_0
                        except (TypeError, ValueError, AttributeError, KeyError):
                            pass
                        if not isinstance(data, str):
                            raise TypeError()
                        events_type_0_item_type_1 = WebhookRequestEventsType0ItemType1(data)

                        return events_type_0_item_type_1

                    events_type_0_item = _parse_events_type_0_item(events_type_0_item_data)

                    events_type_0.append(events_type_0_item)

                return events_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[EventType | WebhookRequestEventsType0ItemType1] | None | Unset, data)

        events = _parse_events(d.pop("events", UNSET))

        webhook_request = cls(
            url=url,
            description=description,
            events=events,
        )

        return webhook_request
