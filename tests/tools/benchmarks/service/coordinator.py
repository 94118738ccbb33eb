"""What coordinating costs: shards and events a second on SQLite and on PostgreSQL, and which queries take the time.

The API runs in this process, workers are processes that take shards from the real queue and answer at once with values
of the right form, so that nothing but the coordination is measured.
"""

import multiprocessing
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event

from openapi.wire.settings import Settings
from service.app import create_app
from service.embedded.broker import Broker
from tests.deploy.topology import postgres
from tests.service.conftest import Served, empty_postgres, make_settings, upload_ready
from tests.service.worker import ProtocolWorker

Row = tuple[str, str, str]

_SAMPLES, _SLICES, _SHOWN = 64_000, 64, 6
#: Of each shard: it started, half of it is done, it has succeeded.
_EVENTS = 3


class Queries:
    """Seconds of each statement, in words of which there are few."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.count: defaultdict[str, int] = defaultdict(int)

    def watch(self, engine: Any) -> None:
        """Measure every statement of an engine from here on."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, connection: Any, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def _after(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if (begun := connection.info.pop("begun", None)) is not None:
            name = _named(statement)
            self.seconds[name] += time.perf_counter() - begun
            self.count[name] += 1


def _named(statement: str) -> str:
    words = " ".join(statement.split())
    verb = words.split(" ", 1)[0].upper()
    table = re.search(r"\b(?:FROM|INTO|UPDATE) (\w+)", words)
    by = re.search(r"WHERE (.{0,60})", words)
    where = " by " + " ".join(re.sub(r"[^a-z_. ]", " ", by[1]).split())[:40] if by else ""
    return f"{verb}{' ' + table[1] if table else ''}{where}"


def _work(settings: Settings, ended: Any) -> None:
    """A worker that has nothing to compute."""
    worker = ProtocolWorker(settings)
    while not ended.is_set():
        for shard in worker.waiting(0.5):
            worker.tell(shard, "started")
            worker.tell(shard, "progress", done=0.5, total=1.0, unit="passes")
            getattr(worker, f"_{shard.stage}")(shard, {})
    worker.close()


@contextmanager
def _workers(settings: Settings, count: int) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    ended = context.Event()
    processes = [context.Process(target=_work, args=(settings, ended)) for _ in range(count)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        ended.set()
        for process in processes:
            process.join()


def _measure(settings: Settings, audits: int) -> tuple[float, float, int, Queries]:
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
        with _workers(settings, 2):
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


def _rows(name: str, settings: Settings, audits: int) -> list[Row]:
    wall, cpu, shards, queries = _measure(settings, audits)
    whole = sum(queries.seconds.values())
    rows = [
        (f"coordinator on {name}", f"{shards / wall:.0f} shards, {_EVENTS * shards / wall:.0f} events a second", ""),
        (
            "… processor time of the API",
            f"{1000 * cpu / shards:.1f} ms a shard, {100 * cpu / wall:.0f} % of a core",
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


def coordinator(folder: Path, audits: int) -> list[Row]:
    """Both databases, with the same work."""
    broker = Broker(folder / "valkey")
    broker.start()
    try:
        rows = _rows("SQLite", make_settings(broker, folder / "sqlite", lease_seconds=60.0), audits)
        with postgres() as server:
            url = empty_postgres(server)
            found = make_settings(broker, folder / "postgresql", db=1, database_url=url, lease_seconds=60.0)
            return rows + _rows("PostgreSQL", found, audits)
    finally:
        broker.stop()
