"""Webhooks in the database: made, changed, rotated, deleted; their messages read, replayed and tried out."""

from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.problems import Conflict, InvalidField
from openapi.webhooks import (
    Attempt,
    DeliveryInfo,
    EventData,
    EventType,
    NewWebhook,
    ReplayAnswer,
    ReplayRequest,
    SecretRotation,
    WebhookChange,
    WebhookEvent,
    WebhookInfo,
    WebhookRequest,
)
from service.context import Services
from service.db.webhooks import Delivery, Webhook
from service.ids import new_id
from service.outgoing import is_forbidden, networks
from service.pages import Page, newest, page
from service.webhooks.outbox import again, give_up, post
from service.webhooks.signing import new_secret

#: More endpoints than this has no tenant a use for; each event is written once an endpoint.
MOST = 50
#: Messages that are replayed in one transaction.
_BATCH = 500
#: Characters of a host that a message repeats.
_SHOWN = 100


def webhook_info(row: Webhook) -> WebhookInfo:
    """A webhook as the API answers it, without its secret."""
    overlaps = row.old_secret_ends_at is not None and row.old_secret_ends_at > utc_now()
    return WebhookInfo(
        id=row.id,
        url=row.url,
        description=row.description,
        events=None if row.events is None else tuple(row.events),
        enabled=row.disabled_at is None,
        disabled_at=row.disabled_at,
        disabled_reason=row.disabled_reason,
        failing_since=row.failing_since,
        old_secret_ends_at=row.old_secret_ends_at if overlaps else None,
        created_at=row.created_at,
    )


def _with_secret(row: Webhook, secret: str) -> NewWebhook:
    return NewWebhook(**webhook_info(row).model_dump(), secret=secret)


def delivery_info(row: Delivery) -> DeliveryInfo:
    """A message as the API answers it."""
    return DeliveryInfo(
        id=row.id,
        webhook_id=row.webhook_id,
        type=EventType(row.type),
        status=row.status,
        attempts=tuple(Attempt.model_validate(attempt) for attempt in row.attempts),
        attempt_count=row.attempt_count,
        next_attempt_at=row.next_attempt_at,
        event=WebhookEvent.model_validate_json(row.body),
        created_at=row.created_at,
    )


class WebhookService:
    """The webhooks of the caller's tenant."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def create(self, asked: WebhookRequest) -> NewWebhook:
        """Make an endpoint with a secret. `Conflict` when there are too many, `InvalidField` for a private address."""
        tenant = self._services.caller.tenant
        self._check_address(asked.url)
        secret = new_secret()
        row = Webhook(
            id=new_id("whk"),
            tenant_id=tenant,
            url=asked.url,
            description=asked.description,
            events=_names(asked.events),
            secret=self._services.vault.seal(secret),
            created_at=utc_now(),
        )
        async with self._services.db.write() as session:
            there = await session.scalar(select(func.count()).select_from(Webhook).where(Webhook.tenant_id == tenant))
            if (there or 0) >= MOST:
                raise Conflict(f"There are {MOST} webhooks already; delete one first")
            session.add(row)
        return _with_secret(row, secret)

    def _check_address(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        if is_forbidden(host, networks(self._services.settings.webhook_networks)):
            shown = host if len(host) <= _SHOWN else f"{host[:_SHOWN]}…"
            raise InvalidField(
                "/url",
                f"{shown} is no public address, and no message would be sent to it; TREMOR_WEBHOOK_NETWORKS names the "
                "networks that are allowed all the same",
            )

    async def listing(self, limit: int, cursor: str | None) -> Page[WebhookInfo]:
        """One page, newest first."""
        query = select(Webhook).where(self._services.caller.visible(Webhook))
        async with self._services.db.read() as session:
            rows = await session.scalars(newest(query, Webhook.id, limit, cursor))
            return page(rows.all(), limit, webhook_info)

    async def find(self, session: AsyncSession, identity: str) -> Webhook:
        """The webhook of an id. Raises `NotFound`."""
        row = await session.get(Webhook, identity)
        return self._services.caller.own(row, "webhook", identity)

    async def get(self, identity: str) -> WebhookInfo:
        """A webhook."""
        async with self._services.db.read() as session:
            return webhook_info(await self.find(session, identity))

    async def change(self, identity: str, asked: WebhookChange) -> WebhookInfo:
        """Change what is named. `InvalidField` for a private address."""
        if asked.url is not None:
            self._check_address(asked.url)
        async with self._services.db.write() as session:
            row = await self.find(session, identity)
            row.url = row.url if asked.url is None else asked.url
            row.description = row.description if asked.description is None else asked.description
            if "events" in asked.model_fields_set:
                row.events = _names(asked.events)
            if asked.enabled is True:
                row.disabled_at = row.disabled_reason = row.failing_since = None
            elif asked.enabled is False and row.disabled_at is None:
                row.disabled_at = utc_now()
                await give_up(session, row.id)
        return webhook_info(row)

    async def rotate(self, identity: str, asked: SecretRotation) -> NewWebhook:
        """Give a webhook a new secret; the old one signs as well for a while."""
        secret = new_secret()
        sealed = self._services.vault.seal(secret)
        async with self._services.db.write() as session:
            row = await self.find(session, identity)
            row.old_secret, row.secret = row.secret, sealed
            row.old_secret_ends_at = utc_now() + timedelta(seconds=asked.overlap_seconds)
        return _with_secret(row, secret)

    async def delete(self, identity: str) -> None:
        """Remove a webhook and its messages."""
        async with self._services.db.write() as session:
            await session.delete(await self.find(session, identity))

    async def test(self, identity: str) -> DeliveryInfo:
        """Send a test event, whatever the webhook is subscribed to. `Conflict` while it is disabled."""
        async with self._services.orchestrator.transaction() as session:
            row = await self.find(session, identity)
            _check_enabled(row)
            data = EventData(id=row.id, href=f"/v1/webhook-endpoints/{row.id}", status="enabled")
            sent = post(session, row, WebhookEvent(type=EventType.TEST, timestamp=utc_now(), data=data))
            await session.flush()
        return delivery_info(sent)

    # Messages

    async def deliveries(self, identity: str, limit: int, cursor: str | None, status: str | None) -> Page[DeliveryInfo]:
        """One page of a webhook's messages, newest first."""
        query = select(Delivery).where(Delivery.webhook_id == identity)
        if status is not None:
            query = query.where(Delivery.status == status)
        async with self._services.db.read() as session:
            await self.find(session, identity)
            rows = await session.scalars(newest(query, Delivery.id, limit, cursor))
            return page(rows.all(), limit, delivery_info)

    async def _message(self, session: AsyncSession, message_id: str) -> Delivery:
        row = await session.get(Delivery, message_id)
        return self._services.caller.own(row, "message", message_id)

    async def delivery(self, message_id: str) -> DeliveryInfo:
        """One message."""
        async with self._services.db.read() as session:
            return delivery_info(await self._message(session, message_id))

    async def replay(self, message_id: str) -> DeliveryInfo:
        """Send a message again under its id, with retries as if new. `Conflict` while the webhook is disabled."""
        async with self._services.orchestrator.transaction() as session:
            row = await self._message(session, message_id)
            _check_enabled(await self.find(session, row.webhook_id))
            again(session, row)
        return delivery_info(row)

    async def replay_all(self, identity: str, asked: ReplayRequest) -> ReplayAnswer:
        """Send an endpoint's messages of some time again, the oldest first. `Conflict` while it is disabled."""
        chosen = select(Delivery).where(
            Delivery.webhook_id == identity, Delivery.status == asked.status, Delivery.created_at >= asked.since
        )
        count, last = 0, ""
        while True:
            async with self._services.orchestrator.transaction() as session:
                _check_enabled(await self.find(session, identity))
                page = chosen.where(Delivery.id > last).order_by(Delivery.id).limit(_BATCH).with_for_update()
                rows = list(await session.scalars(page))
                for row in rows:
                    again(session, row)
            if not rows:
                return ReplayAnswer(replayed=count)
            count, last = count + len(rows), rows[-1].id


def _check_enabled(row: Webhook) -> None:
    if row.disabled_at is not None:
        raise Conflict(f"The webhook {row.id} is disabled; enable it first")


def _names(events: tuple[str, ...] | None) -> list[str] | None:
    return None if events is None else [str(event) for event in dict.fromkeys(events)]
