"""Events of registries: whether they are theirs, and what they ask for."""

import json
from collections.abc import Mapping
from dataclasses import astuple

from openapi.base import utc_now
from openapi.integrations import EventAnswer
from openapi.problems import MalformedRequest, Unauthorized
from service.context import Services
from service.integrations.base import Version
from service.integrations.rows import note, version_info
from service.integrations.syncer import INTAKE

#: Longer names has no registry, nor texts that ask again.
_LONGEST = {"model": 300, "version": 100, "again": 200}


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
        _check_text(version)
        if any(len(getattr(version, field)) > most for field, most in _LONGEST.items()):
            return EventAnswer(outcome="ignored")
        async with self._services.db.write() as session:
            row, is_new = await note(self._services.db, session, registry.config, version)
        if is_new:
            self._services.hub.notify((INTAKE,))
        return EventAnswer(outcome="taken" if is_new else "known", version=version_info(row))


def _check_text(version: Version) -> None:
    """Raise `MalformedRequest` for what no database stores: NUL, and half of a character."""
    try:
        text = json.dumps(astuple(version), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise MalformedRequest("The event holds half of a character") from error
    if rb"\u0000" in text:
        raise MalformedRequest("The event holds the character NUL")
