"""Hardenings: checking the request against what is there, creating the job."""

from typing import Any, ClassVar

from litestar import Request, Response
from litestar.response import Stream
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.hardenings import HardeningInfo, HardeningRequest
from openapi.samples import check_choice
from openapi.states import JobKind
from service.db.tables import Artifact, Job
from service.hardenings.package import PACKED, member, zipped
from service.http.bodies import answer, read_json
from service.http.content import MEDIA_TYPES, disposition
from service.http.idempotency import Idempotency
from service.ids import new_id
from service.jobs import JobService, new_job
from service.orchestrator.requests import stored, with_evaluation
from service.orchestrator.validation import check_hardening, check_hardening_request


class HardeningService(JobService[HardeningInfo]):
    """Hardenings."""

    kind: ClassVar[JobKind] = JobKind.HARDENING
    noun: ClassVar[str] = "hardening"
    folder: ClassVar[str] = "hardenings"
    info_type = HardeningInfo
    request_type = HardeningRequest

    def columns(self, job: Job) -> dict[str, Any]:
        """What a hardening works on, and what it found."""
        return {
            "model_id": job.model_id,
            "train_dataset_id": job.train_dataset_id,
            "eval_dataset_id": job.dataset_id,
            "model_id_hardened": job.hardened_model_id,
            "audit_id": job.parent_job_id,
            "metrics": job.metrics,
        }

    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Check and queue a hardening: 202, or the first answer to the same Idempotency-Key."""
        asked = await read_json(request, HardeningRequest)
        check_choice(asked.eval_samples, asked.eval_max_samples, "/eval_samples", "/eval_max_samples")
        key = Idempotency(request, asked.model_dump_json(by_alias=True))
        filled = with_evaluation(asked)
        async with self._services.orchestrator.transaction() as session:
            if (replayed := await key.replay(self._services.db, session)) is not None:
                return replayed
            await self.check_room(session)
            await self._check(session, filled)
            job = new_job(
                self.kind,
                new_id("hrd"),
                owner=self._services.caller.owner,
                phase="queued",
                model_id=filled.model_id,
                dataset_id=filled.eval_dataset_id,
                train_dataset_id=filled.train_dataset_id,
                request=stored(filled),
            )
            session.add(job)
            await session.flush()
            await self._services.orchestrator.plans.start(session, job)
            location = f"/v1/hardenings/{job.id}"
            found = self.info(job)
            await key.remember(session, 202, location, found)
        return answer(found, status=202, headers={"Location": location})

    async def package(self, request: Request[Any, Any, Any], identity: str) -> Response[Any]:
        """The files that people take away, as one zip. `NotReady` before it has ended well, else `NotFound`."""
        await self.file(identity, "manifest", "json")
        async with self._services.db.read() as session:
            rows = await session.scalars(
                select(Artifact).where(Artifact.job_id == identity, Artifact.kind.in_(PACKED)).order_by(Artifact.name)
            )
            members = [member(row.kind, row.name, row.sha256) for row in rows]
        headers = {"Content-Disposition": disposition(f"{identity}.zip"), "X-Content-Type-Options": "nosniff"}
        if request.method == "HEAD":
            return Response(b"", headers=headers, media_type=MEDIA_TYPES["zip"])
        return Stream(zipped(self._services.blobs, members), headers=headers, media_type=MEDIA_TYPES["zip"])

    async def _check(self, session: AsyncSession, asked: HardeningRequest) -> None:
        """Raise what is wrong with the request, as far as it can be seen before everything is inspected."""
        model = await self.model(session, asked.model_id)
        train = await self.dataset(session, asked.train_dataset_id, "/train_dataset_id")
        evaluation = None
        if asked.eval_dataset_id is not None:
            evaluation = await self.dataset(session, asked.eval_dataset_id, "/eval_dataset_id")
        if model is None:
            return
        if train is not None:
            check_hardening_request(asked, model, train, evaluation)
        else:
            check_hardening(model, asked, "")
