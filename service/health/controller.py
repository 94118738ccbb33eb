"""`/health/live`, `/health/ready`, `/metrics`: at the root, unversioned."""

import time
from collections.abc import Awaitable
from typing import Any, Literal

from litestar import Controller, Response, get
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from openapi.wire.queue import WorkerInfo
from service.db.tables import Job, ShardRow
from service.health.metrics import METRICS, render
from service.http.bodies import answer
from service.http.docs import Doc
from service.http.kinds import Parts


class Live(BaseModel):
    """The process answers."""

    model_config = ConfigDict(frozen=True)

    status: Literal["live"] = "live"


class Part(BaseModel):
    """One thing that the service stands on."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ok", "failed"]
    detail: str | None = None
    milliseconds: float


class Ready(BaseModel):
    """Whether work can be taken, and why not."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ready", "not_ready"]
    checks: dict[str, Part]
    workers: tuple[WorkerInfo, ...] = ()
    sandbox: str | None = None


async def _check(work: Awaitable[Any]) -> Part:
    begin = time.perf_counter()
    try:
        await work
    except Exception as error:  # whatever is wrong with it, it is not ready
        spent = round((time.perf_counter() - begin) * 1000, 1)
        return Part(status="failed", detail=f"{type(error).__name__}: {error}"[:2000], milliseconds=spent)
    return Part(status="ok", milliseconds=round((time.perf_counter() - begin) * 1000, 1))


class HealthController(Controller):
    """For probes and for monitoring."""

    path = "/"
    tags = ["health"]

    @get("/health/live", operation_id="live", opt=Doc({200: Live}).opt())
    async def live(self) -> Response[Any]:
        """Say that the process answers."""
        return answer(Live())

    @get("/health/ready", operation_id="ready", opt=Doc({200: Ready, 503: Ready}).opt())
    async def ready(self, services: Parts) -> Response[Any]:
        """Check database, queue, blob store and workers: 200 when work can be taken, else 503 and which part fails."""
        workers: list[WorkerInfo] = []

        async def find_workers() -> None:
            workers.extend(await services.queue.workers())
            if not workers:
                refusals = [
                    f"{name} refused to start: {why}" for name, why in (await services.queue.refusals()).items()
                ]
                raise RuntimeError("; ".join(["no worker is alive", *refusals]))

        checks = {
            "database": await _check(services.db.ping()),
            "queue": await _check(services.queue.ping()),
            "blobs": await _check(services.blobs.check()),
            "worker": await _check(find_workers()),
        }
        good = all(part.status == "ok" for part in checks.values())
        levels = sorted({worker.sandbox for worker in workers})
        found = Ready(
            status="ready" if good else "not_ready",
            checks=checks,
            workers=tuple(workers),
            sandbox=", ".join(levels) or None,
        )
        return answer(found, status=200 if good else 503, headers={"Cache-Control": "no-store"})

    @get("/metrics", operation_id="metrics", opt=Doc({200: "text/plain"}).opt())
    async def metrics(self, services: Parts) -> Response[Any]:
        """Read counters and gauges in Prometheus's text format."""
        async with services.db.read() as session:
            jobs = await session.execute(select(Job.kind, Job.status, func.count()).group_by(Job.kind, Job.status))
            shards = await session.execute(select(ShardRow.status, func.count()).group_by(ShardRow.status))
        gauges = {
            "tremor_jobs": [({"kind": kind, "status": status}, float(n)) for kind, status, n in jobs.all()],
            "tremor_shards": [({"status": status}, float(n)) for status, n in shards.all()],
        }
        try:
            workers = await services.queue.workers()
        except Exception:  # the queue's absence is itself worth a figure
            gauges["tremor_queue_up"] = [({}, 0.0)]
        else:
            gauges["tremor_queue_up"] = [({}, 1.0)]
            gauges["tremor_workers"] = [({"state": state}, float(n)) for state, n in _states(workers).items()]
        return Response(render(METRICS, gauges), media_type="text/plain; version=0.0.4")


def _states(workers: list[WorkerInfo]) -> dict[str, int]:
    busy = sum(worker.shard_id is not None for worker in workers)
    return {"busy": busy, "idle": len(workers) - busy}
