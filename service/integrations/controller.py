"""`/v1/integrations`: what registries tell."""

from typing import Any

from litestar import Controller, Response, post

from openapi.integrations import EventAnswer, VersionEvent
from service.http.arguments import Id, Parts, Req
from service.http.bodies import answer
from service.http.docs import Doc
from service.integrations.service import IntegrationService

_EXAMPLE = {"model": "digits", "version": "7", "url": "https://models.example/digits/7.onnx"}


class IntegrationController(Controller):
    """Events of registries."""

    path = "/integrations"
    tags = ["integrations"]

    @post(
        "/{registry:str}/events",
        operation_id="takeRegistryEvent",
        status_code=202,
        opt={
            **Doc(
                {202: EventAnswer},
                ("malformed-request", "validation", "too-large"),
                body=VersionEvent,
                examples={"body": _EXAMPLE},
            ).opt(),
            "signed": True,
        },
    )
    async def take(self, registry: Id, request: Req, services: Parts) -> Response[Any]:
        """Take an event of a registry, which signs it in its own way: no API key is asked for.

        The body is what MLflow or the Hugging Face Hub send, or for a registry of kind `generic` the one described
        here, signed by Standard Webhooks. The same event again changes nothing.
        """
        headers = {name.lower(): value for name, value in request.headers.items()}
        found = await IntegrationService(services).take(registry, headers, await request.body())
        return answer(found, status=202)
