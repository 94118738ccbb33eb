"""Evidence of the caller's jobs, signed with the installation's key."""

import asyncio
import logging
from typing import Any

from openapi.evidence import SigningKey
from openapi.problems import NotFound, Unavailable
from service.artifacts.service import find_artifact
from service.context import Services
from service.evidence.keys import NoKey, Signer, WrongKey, signer
from service.evidence.package import evidence
from service.jobs.service import JobService

_log = logging.getLogger("tremor.evidence")


class EvidenceService:
    """Signs what there is."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def of(self, jobs: JobService[Any, Any], identity: str) -> bytes:
        """The zip of a job's report. Raises what `JobService.report_json` raises."""
        data, _ = await jobs.report_json(identity)
        key = await asyncio.to_thread(self._signer)
        return await asyncio.to_thread(evidence, data, key)

    async def signature(self, artifact: str) -> tuple[str, bytes]:
        """The OpenSSF signature of a hardened checkpoint, after the file's name. `NotFound` for others."""
        row = await find_artifact(self._services, artifact)
        if row.kind != "checkpoint":
            raise NotFound(f"The artifact {artifact!r} is no checkpoint: only these are signed one by one")
        key = await asyncio.to_thread(self._signer)
        return row.name, await asyncio.to_thread(key.models.sign, row.name, row.sha256)

    async def key(self) -> SigningKey:
        """The public key."""
        return (await asyncio.to_thread(self._signer)).public

    def _signer(self) -> Signer:
        try:
            return signer(self._services.settings)
        except NoKey as error:
            raise Unavailable(f"Evidence is not signed: {error}") from error
        except (WrongKey, OSError) as error:
            _log.error("evidence cannot be signed: %s", error)
            raise Unavailable(
                "The installation's signing key cannot be used; its operator sees why in the log"
            ) from error
