"""`/v1/keys`: a tenant's API keys, for keys of scope `admin`."""

from datetime import timedelta
from typing import Any

from litestar import Controller, Response, delete, post
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.keys import KeyInfo, KeyRequest, KeyRotation, NewKey, Scope
from openapi.problems import FieldError, Forbidden, InvalidFields, NotFound
from service.context import Services
from service.db.tables import ApiKey
from service.http.arguments import Id, Parts, Req
from service.http.bodies import answer, read_json
from service.http.docs import JSON_BODY, Doc, get_or_head
from service.keys.service import check_others_manage, key_info, keys_of, make_key, revoke_key, rotate_key
from service.pages import Page

_EXAMPLE = {"name": "nightly pipeline", "scope": "submit", "expires_at": "2030-01-01T00:00:00Z"}


class KeyController(Controller):
    """A tenant's API keys."""

    path = "/keys"
    tags = ["keys"]
    opt = {"scope": Scope.ADMIN}

    @post(
        "/",
        operation_id="createKey",
        status_code=201,
        opt=Doc({201: NewKey}, JSON_BODY, body=KeyRequest, examples={"key": _EXAMPLE}).opt(),
    )
    async def create(self, request: Req, services: Parts) -> Response[Any]:
        """Make a key of the caller's tenant. The secret is in this answer and nowhere else."""
        asked = await read_json(request, KeyRequest)
        _check_end(asked.expires_at)
        async with services.db.write() as session:
            row, secret = make_key(
                session, asked.name, tenant=_tenant(services), scope=asked.scope, expires_at=asked.expires_at
            )
            made = NewKey(**key_info(row).model_dump(), key=secret)
        return answer(made, status=201, headers={"Cache-Control": "no-store"})

    @get_or_head("/", operation_id="listKeys", doc=Doc({200: Page[KeyInfo]}))
    async def listing(self, services: Parts) -> Response[Any]:
        """List the tenant's keys, the newest first: scopes, ends, last uses."""
        async with services.db.read() as session:
            rows = await keys_of(session, _tenant(services))
        return answer(Page[KeyInfo](items=tuple(key_info(row) for row in rows), next_cursor=None))

    @post(
        "/{key_id:str}/rotate",
        operation_id="rotateKey",
        status_code=201,
        opt=Doc({201: NewKey}, (*JSON_BODY, "not-found", "conflict"), body=KeyRotation, optional=True).opt(),
    )
    async def rotate(self, key_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Replace a key by a new one; the old one still works for `overlap_seconds`."""
        async with services.db.read() as session:
            await _own(session, services, key_id)  # who may not know of it is not told what is wrong with the body
        asked = await read_json(request, KeyRotation, optional=True)
        _check_end(asked.expires_at)
        async with services.db.write() as session:
            row = await _own(session, services, key_id)
            overlap = timedelta(seconds=asked.overlap_seconds)
            fresh, secret = rotate_key(session, row, overlap=overlap, expires_at=asked.expires_at)
            made = NewKey(**key_info(fresh).model_dump(), key=secret)
        return answer(made, status=201, headers={"Cache-Control": "no-store"})

    @delete(
        "/{key_id:str}",
        operation_id="revokeKey",
        status_code=204,
        opt=Doc({204: None}, ("not-found", "conflict")).opt(),
    )
    async def revoke(self, key_id: Id, services: Parts) -> None:
        """Revoke a key, at once and for good. Repeated, it changes nothing. The last one of scope admin is kept."""
        async with services.db.write() as session:
            row = await _own(session, services, key_id)
            await check_others_manage(session, row)
            revoke_key(row)


def _tenant(services: Services) -> str:
    if services.settings.auth != "keys":
        raise Forbidden("This service asks for no API keys (TREMOR_AUTH=none); `tremor keys create` makes a first one")
    return services.caller.tenant


async def _own(session: AsyncSession, services: Services, key_id: str) -> ApiKey:
    tenant, row = _tenant(services), await session.get(ApiKey, key_id)
    if row is None or row.tenant_id != tenant:
        raise NotFound(f"There is no key {key_id!r}")
    return row


def _check_end(expires_at: Any) -> None:
    if expires_at is not None and expires_at <= utc_now():
        raise InvalidFields((FieldError(pointer="/expires_at", detail="lies in the past"),))
