"""Integrations of a tenant: entered, read, changed, paused, deleted."""

from collections.abc import Sequence

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.integrations import IntegrationChange, IntegrationInfo, IntegrationKind, VersionInfo, VersionStatus
from openapi.problems import Conflict
from service.context import Services
from service.db.bases import Json
from service.db.integrations import Integration, RegistryVersion
from service.fields import parse
from service.idempotency import Created, Once, forget
from service.ids import new_id
from service.integrations.checking import check_address, check_audit, check_secrets
from service.integrations.config import REQUESTS, Asked, secrets_of
from service.integrations.entering import Counts, integration_info, packed, parts, written
from service.integrations.looking import INTAKE
from service.integrations.rows import version_info
from service.pages import Page, newest, page
from service.vault import CannotOpen

#: More integrations than this has no tenant a use for.
MOST = 50


class IntegrationService:
    """The integrations of the caller's tenant."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def create(self, kind: IntegrationKind, asked: Asked, address: str, once: Once) -> Created:
        """Enter a registry. `address`: where this service was reached. Raises `InvalidField`, `Conflict`."""
        services, tenant = self._services, self._services.caller.tenant
        check_address(asked, services.settings)
        stored, secrets = parts(asked)
        async with services.db.write() as session:
            if (replayed := await once.replay(services.db, session)) is not None:
                return replayed
            await self._check(session, kind, stored, secrets)
            owned = select(func.count()).select_from(Integration).where(services.caller.visible(Integration))
            if (await session.scalar(owned) or 0) >= MOST:
                raise Conflict(f"There are {MOST} integrations already; delete one first")
            row = Integration(
                id=new_id("int"),
                tenant_id=tenant,
                kind=kind,
                asked=stored,
                secrets=self._sealed(secrets),
                address=(services.settings.public_url or address).rstrip("/"),
                next_poll_at=None if kind == "generic" else utc_now(),
                created_at=utc_now(),
            )
            session.add(row)
            info = integration_info(row, secrets, Counts())
            return await once.remember(session, 201, f"/v1/integrations/{row.id}", info)

    async def _check(self, session: AsyncSession, kind: IntegrationKind, stored: Json, secrets: dict[str, str]) -> None:
        check_secrets(kind, secrets)
        await check_audit(self._services, session, stored)

    def _sealed(self, secrets: dict[str, str]) -> str | None:
        text = packed(secrets)
        return None if text is None else self._services.vault.seal(text)

    # Reading

    async def _find(self, session: AsyncSession, identity: str, *, lock: bool = False) -> Integration:
        """The integration of an id. Raises `NotFound`."""
        row = await session.get(Integration, identity, with_for_update=lock)
        return self._services.caller.own(row, "integration", identity)

    async def get(self, identity: str) -> IntegrationInfo:
        """An integration."""
        async with self._services.db.read() as session:
            row = await self._find(session, identity)
            return self._info(row, (await _counts(session, [row.id])).get(row.id, Counts()))

    def _info(self, row: Integration, counts: Counts) -> IntegrationInfo:
        try:
            secrets = secrets_of(row, self._services.vault)
        except CannotOpen:
            secrets = {}  # its problem says so
        return integration_info(row, secrets, counts)

    async def listing(self, limit: int, cursor: str | None) -> Page[IntegrationInfo]:
        """One page, newest first."""
        query = select(Integration).where(self._services.caller.visible(Integration))
        async with self._services.db.read() as session:
            rows = list(await session.scalars(newest(query, Integration.id, limit, cursor)))
            counts = await _counts(session, [row.id for row in rows])
        return page(rows, limit, lambda row: self._info(row, counts.get(row.id, Counts())))

    async def versions(
        self, identity: str, limit: int, cursor: str | None, status: VersionStatus | None
    ) -> Page[VersionInfo]:
        """One page of the versions that it knows, newest first."""
        query = select(RegistryVersion).where(RegistryVersion.integration_id == identity)
        if status is not None:
            query = query.where(RegistryVersion.status == status)
        await self.get(identity)
        async with self._services.db.read() as session:
            rows = await session.scalars(newest(query, RegistryVersion.id, limit, cursor))
            return page(rows.all(), limit, version_info)

    # Changing

    async def change(self, identity: str, asked: IntegrationChange) -> IntegrationInfo:
        """Change what is named; the whole is then looked at as if it were new."""
        given = written(asked)
        async with self._services.db.write() as session:
            row = await self._find(session, identity, lock=True)
            paused = given.pop("paused", None)
            if given:
                await self._merge(session, row, given)
            if paused is not None:
                row.paused_at = utc_now() if paused else None
            if row.kind != "generic" and row.paused_at is None:
                row.next_poll_at, row.problem = utc_now(), None
            info = self._info(row, (await _counts(session, [row.id])).get(row.id, Counts()))
        self._services.hub.notify((INTAKE,))
        return info

    async def _merge(self, session: AsyncSession, row: Integration, given: Json) -> None:
        try:
            secrets = secrets_of(row, self._services.vault)
        except CannotOpen:
            secrets = {}  # they are given anew, or are lost
        taken_back = {name for name, value in given.items() if value is None}
        whole = {**row.asked, **secrets, **given}
        merged = parse(REQUESTS[row.kind], {name: whole[name] for name in whole if name not in taken_back})
        stored, kept = parts(merged)
        await self._check(session, row.kind, stored, kept)
        row.asked, row.secrets = stored, self._sealed(kept)

    async def delete(self, identity: str) -> None:
        """Remove an integration and what it knows of versions; audits stay, and so does what stands in the registry."""
        async with self._services.db.write() as session:
            row = await self._find(session, identity, lock=True)
            await forget(session, f"/v1/integrations/{row.id}")
            await session.delete(row)


async def _counts(session: AsyncSession, identities: Sequence[str]) -> dict[str, Counts]:
    """What is counted of the versions of some integrations."""
    pending = and_(RegistryVersion.next_attempt_at.is_not(None), RegistryVersion.status != "done")
    query = select(
        RegistryVersion.integration_id,
        func.count().filter(pending),
        func.count(RegistryVersion.audit_id),
    )
    query = query.where(RegistryVersion.integration_id.in_(identities)).group_by(RegistryVersion.integration_id)
    return {identity: Counts(waiting, audits) for identity, waiting, audits in await session.execute(query)}
