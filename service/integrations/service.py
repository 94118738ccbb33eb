"""Events of registries: whether they are theirs, and what they ask for."""

from collections.abc import Mapping

from openapi.base import utc_now
from openapi.integrations import EventAnswer
from openapi.problems import Unauthorized
from openapi.request_errors import MalformedRequest
from service.context import Services
from service.integrations.rows import note, unstorable, version_info
from service.integrations.syncer import INTAKE


class IntegrationService:
    """Takes what registries tell."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def take(self, name: str, headers: Mapping[str, str], body: bytes) -> EventAnswer:
        """Note the version that an event asks to audit. Raises `Unauthorized`, also where there is no such registry."""
        registry = self._services.registries.get(name)
        if registry is None:
            raise Unauthorized("The event is not signed by this registry, or it is too old")
        version = registry.read_event(headers, body, utc_now())
        if version is None or registry.config.rule_for(version.model) is None:
            return EventAnswer(outcome="ignored")
        if (wrong := unstorable(version)) is not None:
            raise MalformedRequest(f"The event cannot be kept: {wrong}")
        async with self._services.db.write() as session:
            row, is_new = await note(self._services.db, session, registry.config, version)
        if is_new:
            self._services.hub.notify((INTAKE,))
        return EventAnswer(outcome="taken" if is_new else "known", version=version_info(row))
