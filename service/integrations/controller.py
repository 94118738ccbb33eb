"""`/v1/integrations`: registries whose versions are audited, and what they tell."""

from typing import Annotated, Any

from litestar import Controller, Response, post
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from openapi.integrations import (
    EventAnswer,
    IntegrationChange,
    IntegrationInfo,
    IntegrationKind,
    KeyedVersionEvent,
    VersionEvent,
    VersionInfo,
    VersionStatus,
)
from openapi.keys import Scope
from service.http.arguments import Id, Limit, Parts, Req, after
from service.http.bodies import answer, read_json
from service.http.docs import JSON_BODY, Doc, get_or_head
from service.http.entries import Entries, change_call, read_call, remove_call
from service.http.idempotency import created, scope_of
from service.idempotency import Once
from service.integrations.config import REQUESTS
from service.integrations.events import EventService
from service.integrations.service import IntegrationService
from service.pages import Page

_MAKING = (*JSON_BODY, "conflict", "idempotency-conflict")
_ADMIN = {"scope": Scope.ADMIN}
_EVENT = {"model": "digits", "version": "7", "url": "https://models.example/digits/7.onnx"}
_COMMON: dict[str, Any] = {"dataset_id": "dst_01k9zq3v8c4f0t7m2e5r6y1a9b", "audit": {"preset": "standard"}}
_Of = Annotated[VersionStatus | None, QueryParameter(description="Only versions of this status")]
_INTEGRATIONS = Entries("integration", IntegrationService, IntegrationInfo, IntegrationChange, Scope.ADMIN)


def _identity(integration_id: Id) -> str:
    return integration_id


def _create_call(kind: IntegrationKind, operation_id: str, about: str, example: dict[str, Any]) -> HTTPRouteHandler:
    """``POST /KIND``: enter a registry."""
    doc = Doc(
        {201: IntegrationInfo},
        _MAKING,
        body=REQUESTS[kind],
        headers=("Idempotency-Key",),
        examples={"body": {**_COMMON, **example}},
    )

    @post(f"/{kind}", operation_id=operation_id, status_code=201, opt={**doc.opt(), **_ADMIN}, description=about)
    async def create(self: Any, request: Req, services: Parts) -> Response[Any]:
        asked = await read_json(request, REQUESTS[kind])
        # The body as it came, since secrets are a part of what is asked.
        once = Once(scope_of(request), services.caller.tenant, (await request.body()).decode())
        address = f"{request.url.scheme}://{request.url.netloc}"
        return created(await IntegrationService(services).create(kind, asked, address, once))

    return create


class IntegrationController(Controller):
    """Registries, and what they tell."""

    path = "/integrations"
    tags = ["integrations"]
    dependencies = {"identity": Provide(_identity, sync_to_thread=False)}

    mlflow = _create_call(
        "mlflow",
        "createMLflowIntegration",
        "Have versions in an MLflow registry audited. Its webhooks go to `events_url`; what is registered is looked at "
        "every `poll_seconds` besides. Secrets are stored encrypted and never answered.",
        {"tracking_uri": "https://mlflow.example", "registered_models": ["digits-*"], "alias": "robust"},
    )
    huggingface = _create_call(
        "huggingface",
        "createHuggingFaceIntegration",
        "Have commits to model repositories of the Hugging Face Hub audited. Its webhooks go to `events_url`.",
        {"registered_models": ["team/digits"]},
    )
    generic = _create_call(
        "generic",
        "createGenericIntegration",
        "Have versions audited that something else tells of: signed by Standard Webhooks at `events_url`, or with an "
        "API key at `/v1/integrations/generic/events`. Files come from the hosts of `TREMOR_IMPORT_HOSTS`.",
        {"registered_models": ["digits-*"]},
    )

    @post(
        "/generic/events",
        operation_id="tellOfVersion",
        status_code=202,
        opt=Doc({202: EventAnswer}, JSON_BODY, body=KeyedVersionEvent, examples={"body": _EVENT}).opt(),
    )
    async def told(self, request: Req, services: Parts) -> Response[Any]:
        """Tell of a version by an address. The same again changes nothing, and says how far its audit is."""
        return answer(await EventService(services).told(await read_json(request, KeyedVersionEvent)), status=202)

    @post(
        "/{integration_id:str}/events",
        operation_id="takeRegistryEvent",
        status_code=202,
        opt={
            **Doc(
                {202: EventAnswer},
                ("malformed-request", "validation", "too-large"),
                body=VersionEvent,
                examples={"body": _EVENT},
            ).opt(),
            "signed": True,
        },
    )
    async def take(self, integration_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Take an event of a registry, which signs it in its own way: no API key is asked for.

        The body is what MLflow or the Hugging Face Hub send, or for an integration of kind `generic` the one described
        here, signed by Standard Webhooks. The same event again changes nothing.
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        found = await EventService(services).take(integration_id, headers, await request.body())
        return answer(found, status=202)

    @get_or_head(
        "/", operation_id="listIntegrations", doc=Doc({200: Page[IntegrationInfo]}, ("validation",)), scope=Scope.ADMIN
    )
    async def listing(
        self,
        services: Parts,
        limit: Limit = 50,
        cursor: after("int") = None,  # type: ignore[valid-type]
    ) -> Response[Any]:
        """List integrations, newest first."""
        return answer(await IntegrationService(services).listing(limit, cursor))

    read = read_call(
        _INTEGRATIONS,
        "Read an integration: whether its registry could be asked, what is pending, how many audits it started.",
    )
    change = change_call(
        _INTEGRATIONS, "Change what is asked, replace secrets, or pause. Audits that were started go on."
    )
    remove = remove_call(_INTEGRATIONS, "Delete an integration. Audits stay, and so does what stands in the registry.")

    @get_or_head(
        "/{integration_id:str}/versions",
        operation_id="listRegistryVersions",
        doc=Doc({200: Page[VersionInfo]}, ("not-found", "validation")),
        scope=Scope.ADMIN,
    )
    async def versions(
        self,
        integration_id: Id,
        services: Parts,
        limit: Limit = 50,
        cursor: after("ver") = None,  # type: ignore[valid-type]
        status: _Of = None,
    ) -> Response[Any]:
        """List the versions that it knows, newest first, and why one is refused or waits."""
        return answer(await IntegrationService(services).versions(integration_id, limit, cursor, status))
