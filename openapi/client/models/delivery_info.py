from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.delivery_info_status import DeliveryInfoStatus
from ..models.event_type import EventType

if TYPE_CHECKING:
    from ..models.attempt import Attempt
    from ..models.webhook_event import WebhookEvent


T = TypeVar("T", bound="DeliveryInfo")


@_attrs_define
class DeliveryInfo:
    """A message to one endpoint, and what became of it.

    Attributes:
        id (str): The message's `webhook-id`
        webhook_id (str):
        type_ (EventType): What has happened. `webhook.test` is what `POST /v1/webhook-endpoints/{webhook_id}/test`
            sends, whatever is subscribed to.
        status (DeliveryInfoStatus):
        attempts (list[Attempt]): The last tries, the newest last
        attempt_count (int): All tries, those before a replay among them
        next_attempt_at (None | str):
        event (WebhookEvent): The body of a message. Its id is the header `webhook-id`, the same in every attempt and
            replay.
        created_at (str):
    """

    id: str
    webhook_id: str
    type_: EventType
    status: DeliveryInfoStatus
    attempts: list[Attempt]
    attempt_count: int
    next_attempt_at: None | str
    event: WebhookEvent
    created_at: str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        webhook_id = self.webhook_id

        type_ = self.type_.value

        status = self.status.value

        attempts = []
        for attempts_item_data in self.attempts:
            attempts_item = attempts_item_data.to_dict()
            attempts.append(attempts_item)

        attempt_count = self.attempt_count

        next_attempt_at: None | str
        next_attempt_at = self.next_attempt_at

        event = self.event.to_dict()

        created_at = self.created_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "webhook_id": webhook_id,
                "type": type_,
                "status": status,
                "attempts": attempts,
                "attempt_count": attempt_count,
                "next_attempt_at": next_attempt_at,
                "event": event,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attempt import Attempt  # noqa: PLC0415
        from ..models.webhook_event import WebhookEvent  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        webhook_id = d.pop("webhook_id")

        type_ = EventType(d.pop("type"))

        status = DeliveryInfoStatus(d.pop("status"))

        attempts = []
        _attempts = d.pop("attempts")
        for attempts_item_data in _attempts:
            attempts_item = Attempt.from_dict(attempts_item_data)

            attempts.append(attempts_item)

        attempt_count = d.pop("attempt_count")

        def _parse_next_attempt_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_attempt_at = _parse_next_attempt_at(d.pop("next_attempt_at"))

        event = WebhookEvent.from_dict(d.pop("event"))

        created_at = d.pop("created_at")

        delivery_info = cls(
            id=id,
            webhook_id=webhook_id,
            type_=type_,
            status=status,
            attempts=attempts,
            attempt_count=attempt_count,
            next_attempt_at=next_attempt_at,
            event=event,
            created_at=created_at,
        )

        return delivery_info
