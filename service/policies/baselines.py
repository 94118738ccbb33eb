"""Earlier audits that rules are relative to: which ones can be, and who needs one that is to be deleted."""

from collections.abc import Sequence

from sqlalchemy import Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.audits import AuditRequest
from openapi.base import JsonObject
from openapi.policies import PolicyRule
from openapi.problems import Conflict, InvalidField
from openapi.status import TERMINAL, JobKind, JobStatus
from service.db.tables import Dataset, Job, PolicyRow
from service.orchestrator.job_rows import address
from service.tenants.caller import Caller


async def check_baselines(
    session: AsyncSession, caller: Caller, rules: Sequence[PolicyRule], pointer: str, dataset_id: str | None = None
) -> None:
    """Raise `InvalidField` where a rule is relative to an audit that has no numbers, or none of the same images.

    pointer: of the list of rules. dataset_id: of the audit that is to be judged; a policy, which has none, is held to
    the images of its first baseline. The audits stay until the transaction has ended: what deletes one sees then who
    needs it.
    """
    first: Job | None = None
    for i, rule in enumerate(rules):
        if rule.relative_to is None:
            continue
        job = await session.get(Job, rule.relative_to, with_for_update={"read": True})
        if job is None or job.kind != JobKind.AUDIT or not caller.may_see(job):
            wrong = f"there is no audit {rule.relative_to!r}"
        elif job.status != JobStatus.SUCCEEDED:
            wrong = f"the audit {job.id} is {job.status}; a rule can be relative to it when it has succeeded"
        elif not await _is_of(session, job, dataset_id):
            wrong = f"the audit {job.id} is of other images, those of {job.dataset_id}"
        elif first is not None and not await _is_of(session, job, first.dataset_id):
            wrong = (
                f"the audit {job.id} is of other images than {first.id}, to which another rule is relative: no audit "
                "is of both"
            )
        else:
            first = first or job
            continue
        raise InvalidField(f"{pointer}/{i}/relative_to", wrong)


async def check_named(session: AsyncSession, rules: Sequence[PolicyRule], dataset_id: str) -> None:
    """Raise `InvalidField` where the policy that an audit names is relative to an audit of other images."""
    for rule in rules:
        job = None if rule.relative_to is None else await session.get(Job, rule.relative_to)
        if job is not None and not await _is_of(session, job, dataset_id):
            raise InvalidField(
                "/policy_id",
                f"the policy is relative to the audit {job.id}, which is of other images, those of {job.dataset_id}",
            )


async def _is_of(session: AsyncSession, job: Job, dataset_id: str | None) -> bool:
    """Whether an audit is of the images of a data set. Where they are gone, the report's own digest decides later."""
    if dataset_id is None or job.dataset_id == dataset_id:
        return True
    one, other = await session.get(Dataset, job.dataset_id), await session.get(Dataset, dataset_id)
    return one is None or other is None or one.fingerprint == other.fingerprint


async def check_unneeded(session: AsyncSession, job: Job) -> None:
    """Raise `Conflict` where a policy, or an unfinished audit, needs what an audit has found."""
    if job.kind != JobKind.AUDIT:
        return
    mine = select(PolicyRow).where(PolicyRow.tenant_id == job.tenant_id, cast(PolicyRow.rules, Text).contains(job.id))
    for row in await session.scalars(mine.order_by(PolicyRow.id)):
        if any(rule.get("relative_to") == job.id for rule in row.rules):
            raise Conflict(
                f"The policy {row.name!r} ({row.id}) is relative to it; change or delete that first", policy_id=row.id
            )
    unfinished = select(Job).where(
        Job.kind == JobKind.AUDIT,
        Job.tenant_id == job.tenant_id,
        Job.status.not_in(TERMINAL),
        Job.id != job.id,
        cast(Job.request, Text).contains(job.id),
    )
    for user in await session.scalars(unfinished.order_by(Job.id)):
        if what := _need(user.request, job.id):
            raise Conflict(f"It is needed by {address(user)}, {what}; cancel that first", job_id=user.id)


def _need(request: JsonObject, identity: str) -> str | None:
    """What an audit's stored request needs an earlier audit for."""
    asked = AuditRequest.model_validate(request)
    if asked.replay_of == identity:
        return "which replays its examples"
    if any(rule.relative_to == identity for rule in asked.policy.rules):
        return "which is judged relative to it"
    return None
