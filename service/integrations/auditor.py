"""What is done about one version: it is fetched and audited, and later what was found is written back."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.audits import AuditInfo, Headline
from openapi.base import JsonObject, utc_now
from openapi.models import ModelMetadata
from openapi.problems import Problem
from openapi.status import JobStatus
from service.audits.service import AuditService
from service.context import Services
from service.db.integrations import RegistryVersion
from service.db.tables import Job, Model
from service.hardenings.service import HardeningService
from service.integrations.base import Artifact, Hardened, NotYet, Outcome, Registry, Spool, Version, VersionRefused
from service.integrations.rows import version_of
from service.models.service import ModelService

#: As many tags has a model at most, and so long ones.
_MOST_TAGS, _LONGEST_KEY, _LONGEST_VALUE = 60, 100, 400


class AlreadyBegun(Exception):
    """Another process has started the audit of this version."""


class Auditor:
    """Acts for a registry, on behalf of its tenant."""

    def __init__(self, services: Services, registry: Registry) -> None:
        self._services, self._registry = services, registry

    def _spool(self) -> Spool:
        return Spool(self._services.blobs.spool, self._services.settings.max_model_bytes)

    async def begin(self, row: RegistryVersion) -> None:
        """Fetch a version, and start its audit in the transaction that says so.

        Raises `VersionRefused`, and `AlreadyBegun` where nothing is left to do.
        """
        version, config = version_of(row), self._registry.config
        if not config.applies(row.model):
            raise VersionRefused(f"The integration {config.id} is not for the model {row.model} any more")
        labels = {"integration": config.id, "registered_model": row.model[:400], "registered_version": row.version}
        models = ModelService(self._services)
        with self._spool() as spool:
            artifact = await self._fetched(version, spool)
            blob = await self._services.blobs.put_file_async(artifact.path)
        made = await models.create(blob, artifact.filename, _metadata(config.metadata, version, artifact, labels), None)
        model_id = _id_of(made.info)

        async def linked(session: AsyncSession, job: Job) -> None:
            mine = await session.get(RegistryVersion, row.id, with_for_update=True, populate_existing=True)
            if mine is None or mine.audit_id is not None:
                raise AlreadyBegun
            mine.status, mine.model_id, mine.audit_id = "auditing", model_id, job.id
            mine.problem, mine.attempt_count, mine.next_attempt_at = None, 0, utc_now()

        await AuditService(self._services).create(config.audit_of(model_id, labels), None, linked)

    async def _fetched(self, version: Version, spool: Spool) -> Artifact:
        seconds = self._services.settings.import_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._registry.fetch(version, spool)
        except TimeoutError as error:
            raise NotYet(f"its file did not come within the {seconds:g} s that fetching may take") from error

    async def tell(self, row: RegistryVersion) -> None:
        """Write back what has come of a version."""
        with self._spool() as spool:
            await self._registry.report(version_of(row), await self._outcome(row), spool)

    async def _outcome(self, row: RegistryVersion) -> Outcome:
        if row.audit_id is None:
            return Outcome("refused", problem=Problem.model_validate(row.problem) if row.problem else None)
        async with self._services.db.read() as session:
            job = await session.get(Job, row.audit_id)
            if job is None:
                return Outcome("deleted", audit_id=row.audit_id)
            (info,) = await AuditService(self._services).infos(session, [job])
            hardened = await self._hardened(session, info)
        return Outcome(
            status=str(info.status),
            verdict=None if info.status != JobStatus.SUCCEEDED else info.verdict or "none",
            headline=_numbers(info.headline),
            audit_id=info.id,
            report=self._address(info),
            problem=info.problem,
            hardened=hardened,
        )

    def _address(self, info: AuditInfo) -> str:
        return f"{self._registry.config.address}/ui/audits/{info.id}"

    async def _hardened(self, session: AsyncSession, info: AuditInfo) -> Hardened | None:
        job = await session.get(Job, info.hardening_id) if info.hardening_id else None
        model = await session.get(Model, job.hardened_model_id) if job is not None and job.hardened_model_id else None
        if job is None or model is None:
            return None
        (after,) = await HardeningService(self._services).infos(session, [job])
        blob = model.sha256, model.size

        async def write(target: Path) -> None:
            with target.open("wb") as file:
                async for chunk in await self._services.blobs.open_range(*blob):
                    file.write(chunk)

        return Hardened(job.id, model.filename, _numbers(after.headline), write)


def _numbers(found: Headline | None) -> Mapping[str, str]:
    if found is None:
        return {}
    numbers: dict[str, str | None] = {
        "clean_accuracy": f"{found.clean_accuracy:.4f}",
        "robust_accuracy": None if found.worst_case is None else f"{found.worst_case:.4f}",
        "threat_model": found.threat_model,
        "samples": str(found.n),
        "stopped": None if found.stopped is None else str(found.stopped),
    }
    return {name: value for name, value in numbers.items() if value is not None}


def _id_of(info: BaseModel | JsonObject) -> str:
    return str(info["id"] if isinstance(info, dict) else getattr(info, "id"))  # noqa: B009


def _metadata(asked: ModelMetadata, version: Version, artifact: Artifact, labels: Mapping[str, str]) -> ModelMetadata:
    """What is said of the file: by the integration, and by the registry besides; with name and tags, for policies."""
    said = artifact.metadata.model_dump(exclude_unset=True)
    fitting = {
        name: value
        for name, value in list(artifact.tags.items())[:_MOST_TAGS]
        if len(name) <= _LONGEST_KEY and len(value) <= _LONGEST_VALUE
    }
    tags = {**fitting, **asked.tags, **labels}
    given = {**asked.model_dump(exclude_unset=True), **said, "name": version.model[:200], "tags": tags}
    return ModelMetadata.model_validate(given)
