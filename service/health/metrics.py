"""What `/metrics` says: counters of this process, and gauges that are read from the database and the queue when asked.

Every API process reads the same database: gauges are the same in all of them (`max()`), counters add up (`sum()`).
"""

from collections import Counter as Counts
from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.problem_types import PROBLEM_TYPES
from openapi.stages.base import Stage
from openapi.status import JobKind, JobStatus
from openapi.wire.jobs import ShardResult
from openapi.wire.queue import WorkerInfo
from service.db.tables import Job, ShardRow
from service.db.webhooks import Delivery, Webhook
from service.orchestrator.step_states import StepStatus

disable_created_metrics()  # type: ignore[no-untyped-call]

#: What this process has counted.
COUNTED = CollectorRegistry()

REQUESTS = Counter(
    "tremor_http_requests",
    "Requests answered, by method, route and status.",
    ("method", "route", "status"),
    registry=COUNTED,
)
REQUEST_SECONDS = Histogram(
    "tremor_http_request_seconds",
    "Time from a request's beginning to its answer's end.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0),
    registry=COUNTED,
)
SHARD_SECONDS = Histogram(
    "tremor_shard_seconds",
    "Time that a unit of work took its worker, by stage; results that were there already take none.",
    ("stage",),
    buckets=(0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0),
    registry=COUNTED,
)

PASSES = Counter(
    "tremor_passes",
    "Passes of one image through a model that attacks made, forward and backward, by stage; added when a unit is done.",
    ("stage", "direction"),
    registry=COUNTED,
)

WEBHOOK_ATTEMPTS = Counter(
    "tremor_webhook_attempts",
    "Tries at delivering messages to webhooks: taken, refused (another answer), failed (no answer).",
    ("outcome",),
    registry=COUNTED,
)

for _outcome in ("taken", "refused", "failed"):
    WEBHOOK_ATTEMPTS.labels(_outcome)  # a series that begins at its first event has no rate of it
for _stage in Stage:
    SHARD_SECONDS.labels(_stage.value)
_DIRECTIONS = ("forward", "backward")
_PASSING = (Stage.ATTACK, Stage.TRANSFER)
for _stage in _PASSING:
    for _direction in _DIRECTIONS:
        PASSES.labels(_stage.value, _direction)

#: Tenants that are told apart.
_MOST_TENANTS = 200
#: Problems of no documented type, so that no text of a worker becomes a series.
_OTHER = "other"


def count_shard(stage: Stage, result: ShardResult) -> None:
    """Count what a worker has computed: its seconds, and the passes of an attack."""
    SHARD_SECONDS.labels(stage.value).observe(result.seconds)
    if stage in _PASSING:
        for direction in _DIRECTIONS:
            passes = result.value.get(f"{direction}_passes")
            PASSES.labels(stage.value, direction).inc(passes if isinstance(passes, int) and passes > 0 else 0)


class Gauges(Collector):
    """Gauges that were just read: name → (help, labels' names, rows of labels' values and a value)."""

    def __init__(self) -> None:
        self._families: list[GaugeMetricFamily] = []

    def add(
        self, name: str, about: str, labels: tuple[str, ...], rows: Mapping[tuple[str, ...], float] | float
    ) -> None:
        """Add a gauge: of one value, or of one a row of labels."""
        family = GaugeMetricFamily(name, about, labels=labels)
        for values, value in rows.items() if isinstance(rows, Mapping) else [((), rows)]:
            family.add_metric(list(values), value)
        self._families.append(family)

    def collect(self) -> Iterable[Metric]:
        """What was added."""
        return self._families


async def read_tenants(session: AsyncSession, gauges: Gauges) -> None:
    """Count the steps in work of those tenants that have the most, and how long each has waited."""
    working = ShardRow.status.in_((StepStatus.QUEUED, StepStatus.RUNNING))
    columns = select(ShardRow.tenant_id, ShardRow.status, func.count())
    counted = (await session.execute(columns.where(working).group_by(ShardRow.tenant_id, ShardRow.status))).all()
    sums: Counts[str] = Counts()
    for tenant, _, n in counted:
        sums[tenant] += n
    shown = {tenant for tenant, _ in sums.most_common(_MOST_TENANTS)}
    rows: dict[tuple[str, ...], float] = {
        (tenant, status.value): float(n) for tenant, status, n in counted if tenant in shown
    }
    about = "Units of work of a tenant that wait for a worker or are in one's hands, by status."
    gauges.add("tremor_tenant_shards", about, ("tenant", "status"), rows)
    waiting = select(ShardRow.tenant_id, func.min(Job.created_at)).join(Job).where(ShardRow.status == StepStatus.QUEUED)
    ages: dict[tuple[str, ...], float] = {
        (tenant,): _age(since)
        for tenant, since in (await session.execute(waiting.group_by(ShardRow.tenant_id))).all()
        if tenant in shown
    }
    about = "How long ago the oldest job of a tenant was started of which work waits."
    gauges.add("tremor_tenant_queue_oldest_seconds", about, ("tenant",), ages)


async def read_database(session: AsyncSession, gauges: Gauges) -> None:
    """Count jobs and steps. Every state has a row: a scaler that finds none takes it for a fault."""
    counted = (await session.execute(select(Job.kind, Job.status, func.count()).group_by(Job.kind, Job.status))).all()
    jobs: dict[tuple[str, ...], float] = {(kind.value, status.value): 0.0 for kind in JobKind for status in JobStatus}
    gauges.add(
        "tremor_jobs",
        "Audits, hardenings and inspections in the database, by kind and status.",
        ("kind", "status"),
        jobs | {(kind.value, status.value): float(n) for kind, status, n in counted},
    )
    steps = (await session.execute(select(ShardRow.status, func.count()).group_by(ShardRow.status))).all()
    shards: dict[tuple[str, ...], float] = {(status.value,): 0.0 for status in StepStatus}
    shards |= {(status.value,): float(n) for status, n in steps}
    gauges.add("tremor_shards", "Units of work in the database, by status.", ("status",), shards)
    oldest = await session.scalar(select(func.min(ShardRow.enqueued_at)).where(ShardRow.status == StepStatus.QUEUED))
    gauges.add(
        "tremor_queue_oldest_seconds", "How long the unit of work that waits longest has waited.", (), _age(oldest)
    )
    slug = Job.problem["type"].as_string()
    failed = await session.execute(select(slug, func.count()).where(Job.status == JobStatus.FAILED).group_by(slug))
    failures: dict[tuple[str, ...], float] = {(name,): 0.0 for name in (*PROBLEM_TYPES, _OTHER)}
    for address, n in failed.all():
        name = str(address).rpartition("/")[2]
        failures[(name if name in PROBLEM_TYPES else _OTHER,)] += n
    gauges.add("tremor_failures", "Failed jobs in the database, by the type of their problem.", ("type",), failures)

    sent = (await session.execute(select(Delivery.status, func.count()).group_by(Delivery.status))).all()
    messages: dict[tuple[str, ...], float] = dict.fromkeys([("pending",), ("delivered",), ("failed",)], 0.0)
    messages |= {(status,): float(n) for status, n in sent}
    gauges.add("tremor_webhook_messages", "Messages to webhooks in the database, by status.", ("status",), messages)
    off = await session.scalar(select(func.count()).where(Webhook.disabled_reason.is_not(None)))
    gauges.add("tremor_webhooks_disabled", "Webhooks that were disabled because nothing is taken.", (), float(off or 0))


def _age(since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (utc_now() - since).total_seconds())


def _read_workers(workers: list[WorkerInfo] | None, gauges: Gauges) -> None:
    gauges.add("tremor_queue_up", "1 when the queue answers.", (), 0.0 if workers is None else 1.0)
    if workers is not None:
        busy = sum(worker.shard_id is not None for worker in workers)
        gauges.add(
            "tremor_workers",
            "Workers that live, by state.",
            ("state",),
            {("busy",): float(busy), ("idle",): float(len(workers) - busy)},
        )
        gauges.add(
            "tremor_worker_gpu_memory_bytes",
            "Memory of a worker's GPU: used by all processes, total, and the most that its job had; none without CUDA.",
            ("worker", "kind"),
            {
                (worker.id, kind): float(value)
                for worker in workers
                if worker.gpu_memory is not None
                for kind, value in worker.gpu_memory
            },
        )


def render(database: Gauges | None, workers: list[WorkerInfo] | None) -> bytes:
    """Counters, and what database and queue told, in Prometheus's text format; None: it does not answer."""
    gauges = Gauges()
    gauges.add("tremor_database_up", "1 when the database answers.", (), 0.0 if database is None else 1.0)
    _read_workers(workers, gauges)
    read = CollectorRegistry()
    for found in (database, gauges):
        if found is not None:
            read.register(found)
    return generate_latest(COUNTED) + generate_latest(read)
