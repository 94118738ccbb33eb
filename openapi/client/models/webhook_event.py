from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.event_type import EventType

if TYPE_CHECKING:
    from ..models.event_data import EventData


T = TypeVar("T", bound="WebhookEvent")


@_attrs_define
class WebhookEvent:
    """The body of a message. Its id is the header `webhook-id`, the same in every attempt and replay.

    Attributes:
        type_ (EventType): What has happened. `webhook.test` is what `POST /v1/webhook-endpoints/{webhook_id}/test`
            sends, whatever is subscribed to.
        timestamp (str):
        data (EventData): What an event is about; ask at `href` for the rest. Of a test event the webhook itself.
    """

    type_: EventType
    timestamp: str
    data: EventData

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value

        timestamp = self.timestamp

        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "timestamp": timestamp,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_data import EventData  # noqa: PLC0415

        d = dict(src_dict)
        type_ = EventType(d.pop("type"))

        timestamp = d.pop("timestamp")

        data = EventData.from_dict(d.pop("data"))

        webhook_event = cls(
            type_=type_,
            timestamp=timestamp,
            data=data,
        )

        return webhook_event
