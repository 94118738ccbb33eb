"""`/v1/webhook-endpoints`, `/v1/webhook-deliveries`: whom a tenant tells what happens, for keys of scope `admin`."""

from typing import Annotated, Any

from litestar import Controller, Response, post
from litestar.di import Provide
from litestar.params import QueryParameter

from openapi.keys import Scope
from openapi.webhooks import (
    DeliveryInfo,
    DeliveryStatus,
    NewWebhook,
    ReplayAnswer,
    ReplayRequest,
    SecretRotation,
    WebhookChange,
    WebhookInfo,
    WebhookRequest,
)
from service.http.arguments import Id, Limit, Parts, Req, after
from service.http.bodies import answer, read_json
from service.http.docs import JSON_BODY, Doc, get_or_head
from service.http.entries import Entries, change_call, read_call, remove_call
from service.pages import Page
from service.webhooks.service import WebhookService

_EXAMPLE = {"url": "https://ci.example/hook", "events": ["audit.succeeded", "audit.failed"]}
_SECRET = {"Cache-Control": "no-store"}
_Of = Annotated[DeliveryStatus | None, QueryParameter(description="Only messages of this status")]
_WEBHOOKS = Entries("webhook", WebhookService, WebhookInfo, WebhookChange)


def _identity(webhook_id: Id) -> str:
    return webhook_id


class WebhookController(Controller):
    """A tenant's webhooks."""

    path = "/webhook-endpoints"
    tags = ["webhooks"]
    opt = {"scope": Scope.ADMIN}
    dependencies = {"identity": Provide(_identity, sync_to_thread=False)}

    @post(
        "/",
        operation_id="createWebhook",
        status_code=201,
        opt=Doc({201: NewWebhook}, (*JSON_BODY, "conflict"), body=WebhookRequest, examples={"body": _EXAMPLE}).opt(),
    )
    async def create(self, request: Req, services: Parts) -> Response[Any]:
        """Have events sent to an address. The secret that signs them is in this answer and nowhere else."""
        made = await WebhookService(services).create(await read_json(request, WebhookRequest))
        return answer(made, status=201, headers={**_SECRET, "Location": f"/v1/webhook-endpoints/{made.id}"})

    @get_or_head("/", operation_id="listWebhooks", doc=Doc({200: Page[WebhookInfo]}, ("validation",)))
    async def listing(
        self,
        services: Parts,
        limit: Limit = 50,
        cursor: after("whk") = None,  # type: ignore[valid-type]
    ) -> Response[Any]:
        """List webhooks, newest first; a disabled one says why."""
        return answer(await WebhookService(services).listing(limit, cursor))

    read = read_call(_WEBHOOKS, "Read a webhook.")
    change = change_call(_WEBHOOKS, "Change address, description or events, or disable it and enable it again.")
    remove = remove_call(_WEBHOOKS, "Delete a webhook and its messages, sent or not.")

    @post(
        "/{webhook_id:str}/rotate",
        operation_id="rotateWebhookSecret",
        status_code=200,
        opt=Doc({200: NewWebhook}, (*JSON_BODY, "not-found"), body=SecretRotation, optional=True).opt(),
    )
    async def rotate(self, webhook_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Make a new secret; messages are signed with the old one as well for `overlap_seconds`."""
        service = WebhookService(services)
        await service.get(webhook_id)
        asked = await read_json(request, SecretRotation, optional=True)
        return answer(await service.rotate(webhook_id, asked), headers=_SECRET)

    @post(
        "/{webhook_id:str}/test",
        operation_id="testWebhook",
        status_code=202,
        opt=Doc({202: DeliveryInfo}, ("not-found", "conflict")).opt(),
    )
    async def test(self, webhook_id: Id, services: Parts) -> Response[Any]:
        """Send the event `webhook.test`. The answer's `id` leads to what became of it."""
        sent = await WebhookService(services).test(webhook_id)
        return answer(sent, status=202, headers={"Location": f"/v1/webhook-deliveries/{sent.id}"})

    @post(
        "/{webhook_id:str}/replay",
        operation_id="replayDeliveries",
        status_code=202,
        opt=Doc({202: ReplayAnswer}, (*JSON_BODY, "not-found", "conflict"), body=ReplayRequest).opt(),
    )
    async def replay(self, webhook_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Send messages since a time again that failed (or are of another `status`), each under its `webhook-id`."""
        service = WebhookService(services)
        await service.get(webhook_id)
        return answer(await service.replay_all(webhook_id, await read_json(request, ReplayRequest)), status=202)

    @get_or_head(
        "/{webhook_id:str}/deliveries",
        operation_id="listDeliveries",
        doc=Doc({200: Page[DeliveryInfo]}, ("not-found", "validation")),
    )
    async def deliveries(
        self,
        webhook_id: Id,
        services: Parts,
        limit: Limit = 50,
        cursor: after("msg") = None,  # type: ignore[valid-type]
        status: _Of = None,
    ) -> Response[Any]:
        """List the messages of 30 days, newest first, with every try at delivering them."""
        return answer(await WebhookService(services).deliveries(webhook_id, limit, cursor, status))


class DeliveryController(Controller):
    """The messages of a tenant's webhooks."""

    path = "/webhook-deliveries"
    tags = ["webhooks"]
    opt = {"scope": Scope.ADMIN}

    @get_or_head("/{delivery_id:str}", operation_id="getDelivery", doc=Doc({200: DeliveryInfo}, ("not-found",)))
    async def delivery(self, delivery_id: Id, services: Parts) -> Response[Any]:
        """Read a message and what became of it."""
        return answer(await WebhookService(services).delivery(delivery_id))

    @post(
        "/{delivery_id:str}/replay",
        operation_id="replayDelivery",
        status_code=202,
        opt=Doc({202: DeliveryInfo}, ("not-found", "conflict")).opt(),
    )
    async def replay(self, delivery_id: Id, services: Parts) -> Response[Any]:
        """Send a message again, under the same `webhook-id`."""
        return answer(await WebhookService(services).replay(delivery_id), status=202)
