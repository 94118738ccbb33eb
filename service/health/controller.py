"""`/health/live`, `/health/ready`, `/metrics`: at the root, unversioned."""

import asyncio
import hmac
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeVar

from litestar import Controller, Response
from pydantic import BaseModel, ConfigDict

from openapi.wire.queue import WorkerInfo
from openapi.wire.settings import Settings
from service.health.metrics import Gauges, read_database, read_tenants, render
from service.health.probes import Part, check_disks
from service.http.arguments import Parts, Req
from service.http.bodies import answer
from service.http.docs import Doc, get_or_head

T = TypeVar("T")

#: A disk that hangs holds up this thread and no other.
_DISKS = ThreadPoolExecutor(1, "disks")


class Live(BaseModel):
    """The process answers."""

    model_config = ConfigDict(frozen=True)

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """Whether work can be taken, and why not."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ready", "not_ready"]
    checks: dict[str, Part]
    workers: tuple[WorkerInfo, ...] = ()
    sandbox: str | None = None
    sandbox_missing: dict[str, str] = {}


class HealthController(Controller):
    """For probes and for monitoring."""

    path = "/"
    tags = ["health"]

    @get_or_head("/health/live", operation_id="live", doc=Doc({200: Live}))
    async def live(self) -> Response[Any]:
        """Say that the process answers."""
        return answer(Live())

    @get_or_head("/health/ready", operation_id="ready", doc=Doc({200: Ready, 503: Ready}))
    async def ready(self, services: Parts) -> Response[Any]:
        """Check that work can be done: 200, else 503 and which part fails.

        Something is written to the database and to the blob store, the queue is asked, disks are looked at for room,
        and a worker must live that can work. No part is waited for longer than two seconds.
        """
        workers: list[WorkerInfo] = []

        async def find_workers() -> None:
            workers.extend(await services.queue.workers())
            if not workers:
                refusals = [
                    f"{name} refused to start: {why}" for name, why in (await services.queue.refusals()).items()
                ]
                raise RuntimeError("; ".join(["no worker is alive", *refusals]))
            if all(worker.trouble for worker in workers):
                raise RuntimeError("; ".join(f"{worker.id} cannot work: {worker.trouble}" for worker in workers))

        async def look_at_disks() -> None:
            await asyncio.get_running_loop().run_in_executor(_DISKS, check_disks, services.settings)

        checks = await services.probes.run(
            {
                "database": services.db.ping,
                "queue": services.queue.ping,
                "blobs": services.blobs.check,
                "disk": look_at_disks,
                "worker": find_workers,
            }
        )
        good = all(part.status == "ok" for part in checks.values())
        levels = sorted({worker.sandbox for worker in workers})
        found = Ready(
            status="ready" if good else "not_ready",
            checks=checks,
            workers=tuple(workers),
            sandbox=", ".join(levels) or None,
            sandbox_missing={layer: why for worker in workers for layer, why in worker.sandbox_missing.items()},
        )
        return answer(found, status=200 if good else 503, headers={"Cache-Control": "no-store"})

    @get_or_head("/metrics", operation_id="metrics", doc=Doc({200: "text/plain"}))
    async def metrics(self, request: Req, services: Parts) -> Response[Any]:
        """Read counters and gauges in Prometheus's text format; those by tenant are for whom the settings say.

        What a part would say that does not answer within two seconds is left out, and that it does not is a number.
        """
        by_tenant = _may_see_tenants(request.headers.get("authorization", ""), services.settings)

        async def stored() -> Gauges:
            found = Gauges()
            async with services.db.read() as session:
                await read_database(session, found)
                if by_tenant:
                    await read_tenants(session, found)
            return found

        async def at_hand(name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T | None:
            try:
                return await services.probes.result(name, work)
            except Exception:  # a part's absence is itself worth a number
                return None

        database, workers = await asyncio.gather(
            at_hand("figures by tenant" if by_tenant else "figures", stored),
            at_hand("heartbeats", services.queue.workers),
        )
        return Response(render(database, workers), media_type="text/plain; version=0.0.4")


def _may_see_tenants(authorization: str, settings: Settings) -> bool:
    """Whether who asks has the key of the metrics; where no keys are asked for there is one tenant, and no secret."""
    if settings.metrics_key is None:
        return settings.auth != "keys"
    wanted = f"Bearer {settings.metrics_key.get_secret_value()}"
    return hmac.compare_digest(authorization.encode(), wanted.encode())
