"""Messages are written in the transaction that changes what they tell of: none is lost, none tells of what was not."""

import logging
from collections.abc import Iterable

from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.audits import Headline
from openapi.base import NEWER, utc_now
from openapi.problems import Problem
from openapi.stages.base import Stage
from openapi.status import JobKind, JobStatus
from openapi.webhooks import EventData, EventType, WebhookEvent
from service.db.bases import Json
from service.db.tables import Job, ShardRow
from service.db.webhooks import Delivery, Webhook
from service.ids import new_id
from service.orchestrator import job_rows
from service.orchestrator.effects import effects
from service.orchestrator.step_states import StepStatus

_log = logging.getLogger("tremor.webhooks")

#: Under this key the hub wakes those who send.
OUTBOX = "outbox"

_OF_UPLOADS = {JobStatus.SUCCEEDED: "ready", JobStatus.FAILED: "rejected"}
_UPLOADS = {JobKind.INSPECT_MODEL: "model", JobKind.INSPECT_DATASET: "dataset"}
_OF_JOBS = {
    JobStatus.RUNNING: "started",
    JobStatus.SUCCEEDED: "succeeded",
    JobStatus.FAILED: "failed",
    JobStatus.CANCELLED: "cancelled",
}


async def _headline(session: AsyncSession, job: Job) -> Json | None:
    """The report of a job in one line, where it has one."""
    if job.kind in _UPLOADS or job.status != JobStatus.SUCCEEDED:
        return None
    report = select(ShardRow.result["value"]["headline"]).where(
        ShardRow.job_id == job.id, ShardRow.stage == Stage.REPORT, ShardRow.status == StepStatus.SUCCEEDED
    )
    found: Json | None = await session.scalar(report.limit(1))
    return found


def event_of(job: Job, status: JobStatus, headline: Json | None = None) -> WebhookEvent | None:
    """What is told of a job that has just entered a status; None where that is no news."""
    names, noun = (_OF_UPLOADS, _UPLOADS[job.kind]) if job.kind in _UPLOADS else (_OF_JOBS, str(job.kind))
    name = f"{noun}.{names.get(status)}"
    if name not in list(EventType):
        return None
    try:
        return WebhookEvent(type=EventType(name), timestamp=utc_now(), data=_data(job, names[status], headline))
    except ValidationError:
        _log.exception("nobody can be told of %s %s: what is stored of it is broken", job.kind, job.id)
        return None


def _data(job: Job, status: str, headline: Json | None) -> EventData:
    return EventData(
        id=job.id,
        href=f"/v1/{job_rows.address(job)}",
        status="running" if status == "started" else status,
        verdict=job.verdict,
        headline=None if headline is None else Headline.model_validate(headline, extra=NEWER),
        problem=Problem.model_validate(job.problem) if job.problem else None,
        model_id=job.model_id,
        dataset_id=job.dataset_id,
        hardened_model_id=job.hardened_model_id,
        labels=job.request.get("labels", {}),
    )


async def announce(session: AsyncSession, news: Iterable[tuple[Job, JobStatus]]) -> None:
    """Write a message to each enabled webhook of a job's tenant that wants to hear of it."""
    for job, status in news:
        event = event_of(job, status, await _headline(session, job))
        if event is None:
            continue
        hooks = await session.scalars(
            select(Webhook).where(Webhook.tenant_id == job.tenant_id, Webhook.disabled_at.is_(None))
        )
        for hook in hooks:
            if hook.events is None or event.type in hook.events or f"{event.type.partition('.')[0]}.*" in hook.events:
                post(session, hook, event)


def post(session: AsyncSession, hook: Webhook, event: WebhookEvent) -> Delivery:
    """Write one message, to be sent after the commit."""
    row = Delivery(
        id=new_id("msg"),
        tenant_id=hook.tenant_id,
        webhook_id=hook.id,
        type=event.type.value,
        body=event.model_dump_json(exclude_none=True),
        status="pending",
        attempt_count=0,
        attempts=[],
        next_attempt_at=utc_now(),
        created_at=utc_now(),
    )
    session.add(row)
    effects(session).changed.add(OUTBOX)
    return row


async def give_up(session: AsyncSession, webhook_id: str) -> None:
    """Try no pending message of a webhook any more; each can still be replayed."""
    pending = update(Delivery).where(Delivery.webhook_id == webhook_id, Delivery.status == "pending")
    await session.execute(pending.values(status="failed", next_attempt_at=None))


def again(session: AsyncSession, row: Delivery) -> None:
    """Send a message once more, with retries as if it were new; the tries so far stay in its log."""
    if row.attempts:
        row.attempts = [*row.attempts[:-1], {**row.attempts[-1], "replayed": True}]
    row.status, row.next_attempt_at = "pending", utc_now()
    effects(session).changed.add(OUTBOX)
