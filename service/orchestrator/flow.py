"""What follows what: the stages of audits, hardenings and inspections.

``audit: [prepare →] evaluate → [hardening] → report``; ``hardening: [prepare →] train → [evaluate → report]``;
``inspection: inspect``. Data is prepared where the model takes its labels or channels in another form.
All of it happens inside the transaction that recorded the last shard, so that a stage is released exactly once.
"""

from typing import Any

from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.audits import AuditRequest
from openapi.hardenings import HardeningRequest
from openapi.problems import Problem, TimeLimit, TremorError, problem, unreadable
from openapi.wire.jobs import ShardResult
from openapi.wire.settings import Settings
from service.db.tables import Dataset, Job, Model, ShardRow
from service.orchestrator import preparing, states
from service.orchestrator.early import broken_rules
from service.orchestrator.fit import check_audit, check_hardening_request
from service.orchestrator.hardened import adopt_hardened, hardened_subject, hardening_facts
from service.orchestrator.matching import prepare_shards
from service.orchestrator.plan import Subject, audit_shards, comparison_shards, evaluated, slices, train_shard
from service.orchestrator.reporting import artifact_info, done_of, report_shard
from service.orchestrator.subjects import load_subject


class Flow:
    """Moves jobs from stage to stage."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    # Starting

    async def start(self, session: AsyncSession, job: Job) -> None:
        """Release the first stage when all that the job works on is inspected; fail it when something was rejected."""
        if job.stage != "waiting" or job.status != "queued":
            return
        try:
            if job.kind == "audit":
                await self._start_audit(session, job)
            else:
                await self._start_hardening(session, job)
        except (TremorError, ValidationError) as error:
            await self.fail(session, job, _problem_of(job, error))
        if job.stage == "waiting" and job.parent_job_id is None:
            job.phase = states.PHASES["waiting"]

    async def _start_audit(self, session: AsyncSession, job: Job) -> None:
        request = AuditRequest.model_validate(job.request)
        model, dataset = await self._subjects(session, job)
        train = None
        if request.harden is not None and job.train_dataset_id is not None:
            train = await load_subject(session, Dataset, job.train_dataset_id, "/harden/train_dataset_id")
            if train is None:
                return
        if model is None or dataset is None:
            return
        check_audit(request, model, dataset, train)
        if not preparing.enter(session, job, prepare_shards(model, {"eval": dataset}), self._settings):
            await self._evaluate(session, job)

    async def _evaluate(self, session: AsyncSession, job: Job) -> None:
        """Release the attacks of an audit, on data as the model takes it."""
        model, dataset = await self._subjects(session, job)
        if model is None or dataset is None:
            return
        request = check_audit(AuditRequest.model_validate(job.request), model, dataset, None)
        dataset = await preparing.as_taken(session, job, model, dataset, "eval")
        planned = audit_shards(request, model, dataset, self._settings.shard_samples)
        states.add_shards(session, job, planned, self._settings.limits())

    async def _start_hardening(self, session: AsyncSession, job: Job) -> None:
        request = HardeningRequest.model_validate(job.request)
        if job.parent_job_id is not None:
            parent = await session.get(Job, job.parent_job_id)
            if parent is None or parent.stage != "hardening":
                return  # an audit's own results come first; its hardening then finds the "before" shards done
        model, dataset = await self._subjects(session, job)
        train = await load_subject(session, Dataset, request.train_dataset_id, "/train_dataset_id")
        if model is None or train is None or (dataset is None and job.dataset_id is not None):
            return
        check_hardening_request(request, model, train, dataset)
        subjects = {"train": train, **({"eval": dataset} if dataset is not None else {})}
        if not preparing.enter(session, job, prepare_shards(model, subjects), self._settings):
            await self._train(session, job)

    async def _train(self, session: AsyncSession, job: Job) -> None:
        """Release the training of a hardening, on data as the model takes it."""
        request = HardeningRequest.model_validate(job.request)
        model, _ = await self._subjects(session, job)
        train = await load_subject(session, Dataset, request.train_dataset_id, "/train_dataset_id")
        if model is None or train is None:
            return
        train = await preparing.as_taken(session, job, model, train, "train")
        states.add_shards(session, job, [train_shard(request, model, train)], self._settings.limits())

    async def _subjects(self, session: AsyncSession, job: Job) -> tuple[Subject | None, Subject | None]:
        pointer = "/dataset_id" if job.kind == "audit" else "/eval_dataset_id"
        model = await load_subject(session, Model, job.model_id or "", "/model_id")
        dataset = await load_subject(session, Dataset, job.dataset_id, pointer) if job.dataset_id else None
        if model is not None and dataset is not None and job.stage != "waiting":
            dataset = await preparing.as_taken(session, job, model, dataset, "eval")
        return model, dataset

    async def start_waiting(self, session: AsyncSession, subject_id: str) -> None:
        """Start the jobs that waited for the inspection of a model or data set."""
        rows = await session.scalars(
            select(Job.id).where(
                Job.stage == "waiting",
                Job.status == "queued",
                or_(Job.model_id == subject_id, Job.dataset_id == subject_id, Job.train_dataset_id == subject_id),
            )
        )
        for job_id in list(rows):
            job = await states.lock_job(session, job_id)
            if job is not None:
                await self.start(session, job)

    # Advancing

    async def advance(self, session: AsyncSession, job: Job) -> None:
        """Release the next stage when the last shard of the present one has succeeded."""
        if job.status in states.TERMINAL or job.status == "cancelling":
            return
        if await self._is_lost(session, job):
            await states.drop_shards(session, job)
            job.metrics = {"stopped": "stop_on"}
        if not await states.stage_is_done(session, job):
            await states.release(session, job)
            return
        rows = await states.stage_shards(session, job)
        await states.update_progress(session, job, force=True)
        try:
            if job.kind == "audit":
                await self._advance_audit(session, job, rows)
            elif job.kind == "hardening":
                await self._advance_hardening(session, job, rows)
            else:
                await self._inspected(session, job, states.result_of(rows[0]))
        except (TremorError, ValidationError) as error:
            await self.fail(session, job, _problem_of(job, error))

    async def _advance_audit(self, session: AsyncSession, job: Job, rows: list[ShardRow]) -> None:
        if job.stage == "report":
            await self._finish(session, job, states.result_of(rows[0]))
        elif job.stage == "prepare":
            await self._evaluate(session, job)
        elif job.child_job_id is not None and (job.metrics or {}).get("stopped"):
            child = await states.lock_job(session, job.child_job_id)
            if child is not None:
                await self.cancel(session, child)
            found = problem("job-failed", "It was not begun: the audit ended early").model_dump(mode="json")
            await self._report_audit(session, job, {"id": job.child_job_id, "problem": found}, [])
        elif job.child_job_id is not None:
            states.set_stage(session, job, "hardening")
            child = await states.lock_job(session, job.child_job_id)
            if child is not None:
                await self.start(session, child)
        else:
            await self._report_audit(session, job, None, [])

    async def _report_audit(
        self, session: AsyncSession, job: Job, hardening: dict[str, Any] | None, artifacts: list[dict[str, Any]]
    ) -> None:
        model, dataset = await self._subjects(session, job)
        if model is None or dataset is None:
            return
        request = check_audit(AuditRequest.model_validate(job.request), model, dataset, None)
        rows = await states.stage_shards(session, job, "evaluate")
        rows = [row for row in rows if row.status == "succeeded"]
        if not any(row.name.startswith("samples.") for row in rows):
            raise TimeLimit(f"The time budget of {request.time_budget:g} s ended before any attack had a result")
        shard = report_shard(
            job,
            request,
            model,
            dataset,
            rows,
            slice_size=self._settings.shard_samples,
            hardening=hardening,
            artifacts=artifacts,
        )
        states.add_shards(session, job, [shard], self._settings.limits())

    async def _is_lost(self, session: AsyncSession, job: Job) -> bool:
        """Whether the policy of a running audit with `stop_on` is broken for certain."""
        if job.kind != "audit" or job.stage != "evaluate" or job.request.get("stop_on") is None:
            return False
        request = AuditRequest.model_validate(job.request)
        _, dataset = await self._subjects(session, job)
        if dataset is None:
            return False
        await session.flush()
        rows = await states.stage_shards(session, job)
        cuts = slices(evaluated(dataset, request), request.execution, self._settings.shard_samples)
        return bool(broken_rules(request, cuts, done_of([row for row in rows if row.status == "succeeded"])))

    async def time_is_over(self, session: AsyncSession, job: Job) -> None:
        """End an audit whose time budget is used up with what it has."""
        if job.kind != "audit" or job.status != "running":
            return
        if job.stage == "evaluate":
            await states.drop_shards(session, job)
            job.metrics = {"stopped": "time_budget"}
            await self.advance(session, job)
        elif job.stage == "hardening" and job.child_job_id is not None:
            job.metrics = {"stopped": "time_budget"}
            child = await states.lock_job(session, job.child_job_id)
            if child is not None:
                await self.cancel(session, child)

    async def _advance_hardening(self, session: AsyncSession, job: Job, rows: list[ShardRow]) -> None:
        request = HardeningRequest.model_validate(job.request)
        if job.stage == "prepare":
            await self._train(session, job)
            return
        model, dataset = await self._subjects(session, job)
        if model is None:
            return
        trained = states.result_of((await states.stage_shards(session, job, "train"))[0])
        if job.stage == "train":
            await states.add_artifacts(session, job, list(trained.files.values()))
            if dataset is None:
                job.verdict = "inconclusive"  # without held-out data nothing was compared
                adopt_hardened(session, job, request, model, trained)
                await self._succeed(session, job)
                return
            hardened = hardened_subject(model, trained, request)
            parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
            keep = bool(parent and parent.request.get("keep_examples"))
            planned = comparison_shards(
                request, model, hardened, dataset, self._settings.shard_samples, keep_examples=keep
            )
            states.add_shards(session, job, planned, self._settings.limits())
        elif job.stage == "evaluate" and dataset is not None:
            every = await states.stage_shards(session, job, "train") + rows
            listed = [artifact_info(job.id, file) for file in trained.files.values()]
            shard = report_shard(
                job, request, model, dataset, every, slice_size=self._settings.shard_samples, artifacts=listed
            )
            states.add_shards(session, job, [shard], self._settings.limits())
        elif job.stage == "report":
            adopt_hardened(session, job, request, model, trained)
            await self._finish(session, job, states.result_of(rows[0]))

    async def _finish(self, session: AsyncSession, job: Job, result: ShardResult) -> None:
        await states.add_artifacts(session, job, list(result.files.values()))
        job.verdict = result.value.get("verdict")
        job.metrics = result.value.get("metrics")
        await self._succeed(session, job)

    async def _succeed(self, session: AsyncSession, job: Job) -> None:
        states.set_status(session, job, "succeeded", verdict=job.verdict)
        await self.child_ended(session, job)

    async def child_ended(self, session: AsyncSession, child: Job) -> None:
        """Go on with the audit whose hardening has ended, well or not."""
        if child.parent_job_id is None:
            return
        job = await session.get(Job, child.parent_job_id)
        if job is None or job.stage != "hardening" or job.status in states.TERMINAL or job.status == "cancelling":
            return
        if child.status != "succeeded":
            found = child.problem or problem("job-failed", "It was cancelled").model_dump(mode="json")
            # The audit's own results stand: its report says that hardening failed, and why.
            await self._report_audit(session, job, {"id": child.id, "problem": found}, [])
            return
        trained = states.result_of((await states.stage_shards(session, child, "train"))[0])
        await self._report_audit(
            session, job, hardening_facts(child, trained), [artifact_info(child.id, f) for f in trained.files.values()]
        )

    # Inspections

    async def _inspected(self, session: AsyncSession, job: Job, result: ShardResult) -> None:
        row: Model | Dataset | None
        if job.kind == "inspect_model":
            row = await session.get(Model, job.id)
        else:
            row = await session.get(Dataset, job.id)
        if row is None:
            return
        row.status, row.inspection, row.problem = "ready", result.value, None
        if isinstance(row, Dataset):
            row.files = {name: file.model_dump(mode="json") for name, file in result.files.items()}
        states.set_status(session, job, "succeeded")
        await session.flush()
        await self.start_waiting(session, job.id)

    # Failing

    async def fail(self, session: AsyncSession, job: Job, found: Problem) -> None:
        """End a job with a problem, and what hangs on it."""
        await states.fail_job(session, job, found)
        if job.kind in ("inspect_model", "inspect_dataset"):
            table: type[Model] | type[Dataset] = Model if job.kind == "inspect_model" else Dataset
            row: Model | Dataset | None = await session.get(table, job.id)
            if row is not None:
                row.status, row.problem = "rejected", job.problem
                await session.flush()
                await self.start_waiting(session, job.id)
        if job.child_job_id is not None:
            child = await states.lock_job(session, job.child_job_id)
            if child is not None and child.status not in states.TERMINAL:
                await self.cancel(session, child)
        await self.child_ended(session, job)

    async def cancel(self, session: AsyncSession, job: Job) -> None:
        """Stop a job: at once when nothing runs, else it is `cancelling` until its running shards have ended."""
        if job.status in states.TERMINAL:
            return
        states.set_status(session, job, "cancelling")
        if job.child_job_id is not None:
            child = await states.lock_job(session, job.child_job_id)
            if child is not None:
                await self.cancel(session, child)
        await self.settle_cancelled(session, job)

    async def settle_cancelled(self, session: AsyncSession, job: Job) -> None:
        """End a `cancelling` job when none of its shards runs any more, and then the audit above it."""
        await session.flush()
        running = select(ShardRow.id).where(ShardRow.job_id == job.id, ShardRow.status == "running").limit(1)
        if job.status != "cancelling" or await session.scalar(running) is not None:
            return
        child = await session.get(Job, job.child_job_id) if job.child_job_id else None
        if child is not None and child.status not in states.TERMINAL:
            return
        await states.end_shards(session, job)
        states.set_status(session, job, "cancelled")
        parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
        if parent is not None and parent.status == "cancelling":
            await self.settle_cancelled(session, parent)
        else:
            await self.child_ended(session, job)


def _problem_of(job: Job, error: TremorError | ValidationError) -> Problem:
    """What a job that cannot go on fails with; a broken row must not hold up the jobs beside it."""
    return error.problem() if isinstance(error, TremorError) else unreadable(job.kind, job.id, error)
