"""Events of registries: whether they are theirs, and what they ask for."""

from collections.abc import Mapping

from sqlalchemy import select, update

from openapi.base import utc_now
from openapi.integrations import EventAnswer, KeyedVersionEvent
from openapi.problems import InvalidField, Unauthorized
from openapi.request_errors import MalformedRequest
from service.context import Services
from service.db.integrations import Integration
from service.integrations.base import Version
from service.integrations.config import Config, config_of
from service.integrations.generic import told
from service.integrations.looking import INTAKE
from service.integrations.registries import registry_of
from service.integrations.rows import note, unstorable, version_info
from service.vault import CannotOpen

_NOT_ITS = "The event is not signed by this registry, or it is too old"


class EventService:
    """Takes what registries tell."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, identity: str, headers: Mapping[str, str], body: bytes) -> EventAnswer:
        """Note the version that an event asks to audit. Raises `Unauthorized`, also where there is no integration."""
        async with self._services.db.read() as session:
            row = await session.get(Integration, identity)
        if row is None:
            raise Unauthorized(_NOT_ITS)
        try:
            async with registry_of(self._services, row) as registry:
                version = registry.read_event(headers, body, utc_now())
        except CannotOpen as error:
            raise Unauthorized(_NOT_ITS) from error
        return await self._noted(registry.config, version)

    async def told(self, event: KeyedVersionEvent) -> EventAnswer:
        """Note the version that a caller with a key tells of. Raises `InvalidField` where it is not said for which."""
        mine = select(Integration).where(self._services.caller.visible(Integration), Integration.kind == "generic")
        if event.integration_id is not None:
            mine = mine.where(Integration.id == event.integration_id)
        async with self._services.db.read() as session:
            found = list(await session.scalars(mine.order_by(Integration.id).limit(2)))
        if not found:
            named = "" if event.integration_id is None else f" {event.integration_id!r}"
            raise InvalidField("/integration_id", f"there is no integration{named} of kind generic")
        if len(found) > 1:
            raise InvalidField("/integration_id", "there are several integrations of kind generic: say which")
        return await self._noted(config_of(found[0], self._services.vault), told(event))

    async def _noted(self, config: Config, version: Version | None) -> EventAnswer:
        wanted = version if version is not None and config.applies(version.model) else None
        if wanted is not None and (wrong := unstorable(wanted)) is not None:
            raise MalformedRequest(f"The event cannot be kept: {wrong}")
        noted = None
        async with self._services.db.write() as session:
            heard = update(Integration).where(Integration.id == config.id)
            await session.execute(heard.values(last_event_at=utc_now()))
            if wanted is not None:
                noted = await note(self._services.db, session, config.id, wanted)
        if noted is None:
            return EventAnswer(outcome="ignored")
        row, is_new = noted
        if is_new:
            self._services.hub.notify((INTAKE,))
        return EventAnswer(outcome="taken" if is_new else "known", version=version_info(row))
