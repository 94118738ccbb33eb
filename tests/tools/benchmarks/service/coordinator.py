"""What coordinating costs: shards and events a second on SQLite and on PostgreSQL, and which queries take the time.

The API runs in this process. Two other processes are the workers of as many GPUs as are asked for: they take shards
from the real queue, one a GPU, and answer at once with events and values of the right form, so that nothing but the
coordination is measured. `deploy/SCALING.md` is written from these rows.
"""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from openapi.wire.queue import WorkerInfo
from openapi.wire.settings import Settings
from service.app import create_app
from service.embedded.broker import Broker
from tests.deploy.topology import postgres
from tests.service.conftest import Served, empty_postgres, make_settings, upload_ready
from tests.service.worker import ProtocolWorker
from tests.tools.benchmarks.service.queries import Queries

Row = tuple[str, str, str]

_SAMPLES, _SLICES, _SHOWN = 64_000, 64, 6
#: Of each shard: it started, parts of it are done, it has succeeded.
_PROGRESS = 4
_EVENTS = 2 + _PROGRESS


def _work(settings: Settings, ended: Any, name: str, gpus: int) -> None:
    """Workers that have nothing to compute: all of them do each part of their shards together."""
    worker = ProtocolWorker(settings)
    while not ended.is_set():
        for gpu in range(gpus):
            worker.queue.heartbeat(
                WorkerInfo(id=f"{name}-{gpu}", device="none", sandbox="none", at=time.time(), shard_id="busy")
            )
        shards = worker.waiting(0.5)
        while shards and len(shards) < gpus and (more := worker.waiting(0.03)):
            shards += more
        for shard in shards:
            worker.tell(shard, "started")
        for part in range(_PROGRESS):
            for shard in shards:
                worker.tell(shard, "progress", done=part + 0.5, total=float(_PROGRESS), unit="passes")
        for shard in shards:
            getattr(worker, f"_{shard.stage}")(shard, {})
    worker.close()


@contextmanager
def _workers(settings: Settings, gpus: int) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    ended = context.Event()
    processes = [
        context.Process(target=_work, args=(settings, ended, f"worker-{number}", gpus // 2)) for number in range(2)
    ]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        ended.set()
        for process in processes:
            process.join()


def _measure(settings: Settings, audits: int, gpus: int) -> tuple[float, float, int, Queries]:
    """Seconds of the clock, seconds of this process (the API), shards, and the queries."""
    queries, app = Queries(), create_app(settings)
    with Served(app, settings=settings) as url, httpx.Client(base_url=url, timeout=120) as api:
        worker = ProtocolWorker(settings)
        model = upload_ready(api, worker, "models", b"a model")
        dataset = upload_ready(api, worker, "datasets", b"images", num_samples=_SAMPLES)
        worker.close()
        for engine in app.state.services.db.engines:
            queries.watch(engine)
        attacks = [{"name": "fgsm", "eps": f"{n + 1}/255"} for n in range(4)]
        asked = {"attacks": attacks, "neurons": None, "execution": {"shards": _SLICES}}
        body = {"model_id": model, "dataset_id": dataset, **asked}
        with _workers(settings, gpus):
            begin, spent = time.perf_counter(), time.process_time()
            jobs = [api.post("/v1/audits", json={**body, "seed": seed}).json()["id"] for seed in range(audits)]
            for job in jobs:
                while not (found := api.get(f"/v1/audits/{job}", params={"wait": 60}).json())["finished_at"]:
                    pass
                assert found["status"] == "succeeded", found
            return (
                time.perf_counter() - begin,
                time.process_time() - spent,
                audits * (_SLICES * len(attacks) + 1),
                queries,
            )


def _rows(name: str, settings: Settings, audits: int, gpus: int) -> list[Row]:
    wall, cpu, shards, queries = _measure(settings, audits, gpus)
    whole = sum(queries.seconds.values())
    rows = [
        (
            f"coordinator on {name}, {gpus} GPUs",
            f"{shards / wall:.0f} shards, {_EVENTS * shards / wall:.0f} events a second",
            "",
        ),
        (
            "… processor time of the API",
            f"{1000 * cpu / shards:.1f} ms a shard, {shards / cpu:.0f} shards a second of a core, "
            f"{100 * cpu / wall:.0f} % of a core",
            "",
        ),
        (
            "… in the database",
            f"{1000 * whole / shards:.1f} ms a shard, {sum(queries.count.values()) / shards:.1f} queries",
            "",
        ),
    ]
    for statement in sorted(queries.seconds, key=lambda one: -queries.seconds[one])[:_SHOWN]:
        share = queries.seconds[statement] / whole
        rows.append((f"… … `{statement}`", f"{100 * share:.0f} %, {queries.count[statement] / shards:.2f} a shard", ""))
    return rows


def coordinator(folder: Path, audits: int, gpus: Sequence[int]) -> list[Row]:
    """Both databases, with the same work for so many GPUs, one number after the other."""
    broker = Broker(folder / "valkey")
    broker.start()
    rows: list[Row] = []
    try:
        with postgres() as server:
            for number, count in enumerate(gpus):
                sqlite = make_settings(broker, folder / f"sqlite-{count}", db=2 * number, lease_seconds=60.0)
                rows += _rows("SQLite", sqlite, audits, count)
                place, url = folder / f"postgresql-{count}", empty_postgres(server)
                there = make_settings(broker, place, db=2 * number + 1, database_url=url, lease_seconds=60.0)
                rows += _rows("PostgreSQL", there, audits, count)
    finally:
        broker.stop()
    return rows
