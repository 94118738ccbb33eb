"""The calls that policies, webhooks and integrations have in common: each makes one handler of a controller.

A controller gives `identity`, the id in the path, under its own name (`dependencies`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from litestar import Response, delete, patch
from litestar.handlers import HTTPRouteHandler
from pydantic import BaseModel

from openapi.keys import Scope
from service.context import Services
from service.http.arguments import Identity, Parts, Req
from service.http.bodies import answer, read_json
from service.http.docs import JSON_BODY, Doc, get_or_head


class Entered(Protocol):
    """What a tenant enters, changes and takes away, in the database. Each raises `NotFound`."""

    async def get(self, identity: str, /) -> BaseModel:
        """As the API answers it."""

    async def change(self, identity: str, asked: Any, /) -> BaseModel:
        """Change what is named."""

    async def delete(self, identity: str, /) -> None:
        """Remove it."""


@dataclass(frozen=True)
class Entries:
    """One kind of what a tenant enters. scope: of keys that may, where it is not what the method asks for."""

    noun: str
    service: Callable[[Services], Entered]
    info: type[BaseModel]
    change: type[BaseModel]
    scope: Scope | None = None

    @property
    def path(self) -> str:
        """Of one of them."""
        return f"/{{{self.noun}_id:str}}"

    def opt(self, doc: Doc) -> dict[str, Any]:
        """As keyword arguments of a handler that writes."""
        return {**doc.opt(), **({} if self.scope is None else {"scope": self.scope})}


def read_call(entries: Entries, description: str) -> HTTPRouteHandler:
    """``GET /ID``: one of them."""

    @get_or_head(
        entries.path,
        operation_id=f"get{entries.noun.title()}",
        doc=Doc({200: entries.info}, ("not-found",)),
        scope=entries.scope,
        description=description,
    )
    async def read(self: Any, identity: Identity, services: Parts) -> Response[Any]:
        return answer(await entries.service(services).get(identity))

    return read


def change_call(entries: Entries, description: str, *problems: str) -> HTTPRouteHandler:
    """``PATCH /ID``: change what the body names."""

    @patch(
        entries.path,
        operation_id=f"change{entries.noun.title()}",
        opt=entries.opt(Doc({200: entries.info}, (*JSON_BODY, *problems, "not-found"), body=entries.change)),
        description=description,
    )
    async def change(self: Any, identity: Identity, request: Req, services: Parts) -> Response[Any]:
        service = entries.service(services)
        await service.get(identity)  # who may not know of it is not told what is wrong with the body
        return answer(await service.change(identity, await read_json(request, entries.change)))

    return change


def remove_call(entries: Entries, description: str, *problems: str) -> HTTPRouteHandler:
    """``DELETE /ID``: remove it."""

    @delete(
        entries.path,
        operation_id=f"delete{entries.noun.title()}",
        opt=entries.opt(Doc({204: None}, ("not-found", *problems))),
        status_code=204,
        description=description,
    )
    async def remove(self: Any, identity: Identity, services: Parts) -> None:
        await entries.service(services).delete(identity)

    return remove
