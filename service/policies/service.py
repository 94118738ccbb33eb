"""Policies in the database: made, changed, deleted, and found for the audits that they apply to."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.metrics import check_paths, rule_errors
from openapi.policies import AppliesTo, PolicyChange, PolicyInfo, PolicyRequest, PolicyRule
from openapi.problems import Conflict, InvalidField, InvalidFields
from service.context import Services
from service.db.tables import Model, PolicyRow
from service.ids import new_id
from service.integrations.needed import check_unnamed
from service.pages import Page, newest, page
from service.policies.baselines import check_baselines
from service.tenants.caller import Caller

#: More policies than this has no tenant a use for; all of them are looked through for each audit.
MOST = 200
#: One lock for names of policies, so that no two of a tenant have the same.
_NAMES_LOCK = 0x706F6C69


def policy_info(row: PolicyRow) -> PolicyInfo:
    """A policy as the API answers it."""
    return PolicyInfo(
        id=row.id,
        name=row.name,
        description=row.description,
        rules=tuple(PolicyRule.model_validate(rule) for rule in row.rules),
        intervals=row.intervals,
        applies_to=AppliesTo.model_validate(row.applies_to),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def rules_of(row: PolicyRow) -> tuple[PolicyRule, ...]:
    """The rules of a policy as an audit takes them over: each says where it comes from."""
    found = policy_info(row)
    return tuple(
        rule.model_copy(
            update={"policy_id": row.id, "intervals": rule.op != "==" and (rule.intervals or row.intervals)}
        )
        for rule in found.rules
    )


def applies(wanted: AppliesTo, model: Model) -> bool:
    """Whether a policy is bound to a model: by its name, or by its tags."""
    tags: dict[str, str] = model.meta.get("tags") or {}
    named = any(fnmatchcase(model.name, _pattern(name)) for name in wanted.names)
    return named or (bool(wanted.tags) and wanted.tags.items() <= tags.items())


def _pattern(name: str) -> str:
    """Only ``*`` stands for other text."""
    return name.replace("[", "[[]").replace("?", "[?]")


async def policies_for(session: AsyncSession, caller: Caller, model_id: str, named: str | None) -> list[PolicyRow]:
    """The policies of an audit: the one that it names, then those that are bound to its model.

    Raises `InvalidField` when there is no such policy.
    """
    rows = list(await session.scalars(select(PolicyRow).where(caller.visible(PolicyRow)).order_by(PolicyRow.id)))
    chosen = [row for row in rows if row.id == named]
    if named is not None and not chosen:
        raise InvalidField("/policy_id", f"there is no policy {named!r}")
    model = await session.get(Model, model_id)
    if model is None or not caller.may_see(model):
        return chosen
    bound = [row for row in rows if applies(AppliesTo.model_validate(row.applies_to), model)]
    return chosen + [row for row in bound if row.id != named]


class PolicyService:
    """The policies of the caller's tenant."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def create(self, asked: PolicyRequest) -> PolicyInfo:
        """Make a policy. `Conflict` when the name is taken, or there are too many."""
        _check_rules(asked.rules)
        caller, now = self._services.caller, utc_now()
        row = PolicyRow(id=new_id("pol"), tenant_id=caller.tenant, created_at=now, updated_at=now)
        _write(row, asked.model_dump(mode="json"))
        async with self._services.db.write() as session:
            await check_baselines(session, caller, asked.rules, "/rules")
            await self._take_name(session, asked.name, row.id)
            there = await session.scalar(select(func.count()).where(caller.visible(PolicyRow)))
            if (there or 0) >= MOST:
                raise Conflict(f"There are {MOST} policies already; delete one first")
            session.add(row)
        return policy_info(row)

    async def listing(self, limit: int, cursor: str | None, name: str | None) -> Page[PolicyInfo]:
        """One page, newest first."""
        query = select(PolicyRow).where(self._services.caller.visible(PolicyRow))
        if name is not None:
            query = query.where(PolicyRow.name == name)
        async with self._services.db.read() as session:
            rows = await session.scalars(newest(query, PolicyRow.id, limit, cursor))
            return page(rows.all(), limit, policy_info)

    async def get(self, identity: str) -> PolicyInfo:
        """A policy."""
        async with self._services.db.read() as session:
            return policy_info(await self._find(session, identity))

    async def change(self, identity: str, asked: PolicyChange) -> PolicyInfo:
        """Change what is named."""
        _check_rules(asked.rules or ())
        async with self._services.db.write() as session:
            row = await self._find(session, identity)
            await check_baselines(session, self._services.caller, asked.rules or (), "/rules")
            if asked.name is not None:
                await self._take_name(session, asked.name, row.id)
            _write(row, asked.model_dump(mode="json", exclude_none=True))
            row.updated_at = utc_now()
        return policy_info(row)

    async def delete(self, identity: str) -> None:
        """Remove a policy."""
        async with self._services.db.write() as session:
            row = await self._find(session, identity)
            await check_unnamed(session, row.tenant_id, identity, "policy")
            await session.delete(row)

    async def _find(self, session: AsyncSession, identity: str) -> PolicyRow:
        row = await session.get(PolicyRow, identity)
        return self._services.caller.own(row, "policy", identity)

    async def _take_name(self, session: AsyncSession, name: str, identity: str) -> None:
        await self._services.db.lock(session, _NAMES_LOCK)
        query = select(PolicyRow.id).where(self._services.caller.visible(PolicyRow), PolicyRow.name == name)
        if await session.scalar(query.where(PolicyRow.id != identity)) is not None:
            raise Conflict(f"There is a policy {name!r} already")


def _write(row: PolicyRow, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _check_rules(rules: Sequence[PolicyRule]) -> None:
    """Raise `InvalidFields` when a rule's metric is one that no report holds, or a rule contradicts itself."""
    if errors := (*check_paths(rules, "/rules"), *rule_errors(rules, "/rules")):
        raise InvalidFields(errors)
