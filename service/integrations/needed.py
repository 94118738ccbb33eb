"""What integrations name is not deleted under them: the next version would be refused for it."""

from collections.abc import Iterator

from sqlalchemy import Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import Conflict
from service.db.integrations import Integration


async def check_unnamed(session: AsyncSession, tenant: str, identity: str, noun: str) -> None:
    """Raise `Conflict` where an integration of the tenant names a data set or a policy."""
    mine = select(Integration).where(
        Integration.tenant_id == tenant, cast(Integration.asked, Text).contains(identity, autoescape=True)
    )
    for row in await session.scalars(mine.order_by(Integration.id)):
        if identity in _texts(row.asked):
            raise Conflict(
                f"The integration {row.id} audits with this {noun}; change or delete that first", integration_id=row.id
            )


def _texts(value: object) -> Iterator[str]:
    """Every text of a request: options of analyses name data sets as well."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
