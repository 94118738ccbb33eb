"""`/v1/usage`: what the caller's tenant has, and how much it may have."""

from typing import Any

from litestar import Controller, Response

from openapi.usage import Limits, Usage
from service.db.tables import Tenant
from service.http.arguments import Parts
from service.http.bodies import answer
from service.http.docs import Doc, get_or_head
from service.tenants.quotas import quotas_of, unfinished_jobs, used_bytes, waiting_jobs


class UsageController(Controller):
    """The caller's tenant."""

    path = "/usage"
    tags = ["keys"]

    @get_or_head("/", operation_id="usage", doc=Doc({200: Usage}))
    async def read(self, services: Parts) -> Response[Any]:
        """Say what the caller's tenant keeps and has under way, and what its limits are."""
        identity, settings = services.caller.tenant, services.settings
        async with services.db.read() as session:
            row = await session.get(Tenant, identity)
            bytes_, unfinished = await used_bytes(session, identity), await unfinished_jobs(session, identity)
            queued = await waiting_jobs(session, identity)
        quotas = quotas_of(row, settings)
        own = None if row is None else row.requests_per_minute
        rate = settings.rate_limit_per_minute if own is None else own
        limits = Limits(
            bytes=quotas.max_bytes,
            queued=quotas.max_queued,
            running=quotas.max_running,
            requests_per_minute=rate or None,
        )
        return answer(Usage(bytes=bytes_, queued=queued, running=unfinished - queued, limits=limits))
