"""Many at once: large uploads, a thousand small audits, and what a second worker is worth."""

import asyncio
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from tests.tools.benchmarks.service.load import Latencies, requests
from tests.tools.benchmarks.service.subject import Serve, serving, until

Row = tuple[str, str, str]

_MEGABYTES = 50
_SAY_SECONDS = 10.0
_IMAGES = _MEGABYTES * 1_000_000 // 784


@contextmanager
def _beside(url: str, rate: float) -> Iterator[list[Latencies]]:
    """GET `url` at this rate for as long as the block runs; what was measured is in the list afterwards."""
    found: list[Latencies] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            found.append(asyncio.run(requests(url, rate, 5)))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _late(found: list[Latencies]) -> str:
    whole = Latencies([second for one in found for second in one.seconds], sum(one.errors for one in found))
    middle, late = (1000 * whole.quantile(share) for share in (0.5, 0.99))
    return f"{late:.0f} ms (median {middle:.0f}, {len(whole.seconds)} requests, {whole.errors} errors)"


def _images(path: Path, seed: int) -> None:
    """A data set of 50 MB that no other is equal to."""
    generator = np.random.default_rng(seed)
    x = generator.integers(0, 256, (_IMAGES, 1, 28, 28), dtype=np.uint8)
    np.savez(path, x=x, y=np.arange(_IMAGES, dtype=np.int64) % 10)


def uploads(folder: Path, count: int) -> list[Row]:
    """`count` data sets of 50 MB sent at once, and what others notice of it."""
    files = [folder / f"images {number}.npz" for number in range(count)]
    for number, path in enumerate(files):
        _images(path, number)
    size = sum(path.stat().st_size for path in files)
    with serving(folder / "data", 1) as service:
        until(lambda: service.workers_ready(1))
        model = service.upload("models", "small_vgg.onnx")
        until(lambda: service.ready("models", model))
        api = service.find("service.cli.main api")
        peak, ended = 0, threading.Event()

        def watch() -> None:
            nonlocal peak
            while not ended.wait(0.05):
                peak = max(peak, api.memory_info().rss)

        def send(path: Path) -> int:
            with path.open("rb") as file, httpx.Client(timeout=600) as http:
                return http.post(f"{service.url}/v1/datasets", files={"file": (path.name, file)}).status_code

        watcher = threading.Thread(target=watch)
        watcher.start()
        with _beside(f"{service.url}/v1/models/{model}", 50) as found, ThreadPoolExecutor(count) as pool:
            begin = time.perf_counter()
            statuses = Counter(pool.map(send, files))
            seconds = time.perf_counter() - begin
        ended.set()
        watcher.join()
    told = ", ".join(f"{number} × {status}" for status, number in statuses.items())
    return [
        (
            f"{count} uploads of {_MEGABYTES} MB at once",
            f"{seconds:.1f} s, {size / seconds / 1e6:.0f} MB/s ({told})",
            "",
        ),
        ("… most memory of the API", f"{peak / 2**20:.0f} MiB", ""),
        ("… GET /v1/models/{id} meanwhile, 50 a second, p99", _late(found), ""),
    ]


def _ended(service: Serve, audit: str) -> dict[str, Any]:
    """An audit once it has ended."""
    while True:
        found: dict[str, Any] = service.http.get(f"/v1/audits/{audit}", params={"wait": 60}).json()
        if found["finished_at"]:
            return found


def _told(states: Counter[str]) -> str:
    return ", ".join(f"{number} {status}" for status, number in states.items())


def _drained(service: Serve, audits: Sequence[str], begin: float, found: list[Latencies]) -> Counter[str]:
    """Wait for the audits, saying every ten seconds how far they are; Ctrl-C leaves it at those that have ended."""
    states, said = Counter[str](), time.perf_counter()
    try:
        for audit in audits:
            states[_ended(service, audit)["status"]] += 1
            if time.perf_counter() - said > _SAY_SECONDS:
                said = time.perf_counter()
                done, seconds = states.total(), said - begin
                late = f", GET meanwhile {_late(found)}" if found else ""
                print(
                    f"{seconds:.0f} s: {done} of {len(audits)} audits, {60 * done / seconds:.0f} a minute{late}",
                    file=sys.stderr,
                    flush=True,
                )
    except KeyboardInterrupt:
        print(f"stopped after {states.total()} of {len(audits)} audits", file=sys.stderr, flush=True)
    return states


def many(folder: Path, count: int) -> list[Row]:
    """`count` audits of one image each, asked for as fast as two clients can, and worked off by two workers."""
    with serving(folder, 2) as service:
        model, dataset = service.upload("models", "small_vgg.onnx"), service.upload("datasets", "holdout.npz")
        until(
            lambda: service.workers_ready(2) and service.ready("models", model) and service.ready("datasets", dataset)
        )

        def ask(seed: int) -> str:
            body = {"model_id": model, "dataset_id": dataset, "attacks": [{"name": "fgsm"}], "neurons": None}
            answer = service.http.post("/v1/audits", json={**body, "max_samples": 1, "seed": seed})
            answer.raise_for_status()
            return str(answer.json()["id"])

        before, begin = service.processor_seconds(), time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            audits = list(pool.map(ask, range(count)))
        asked = time.perf_counter() - begin
        with _beside(f"{service.url}/v1/audits/{audits[-1]}", 20) as found:
            states = _drained(service, audits, begin, found)
        drained, spent = time.perf_counter() - begin, service.processor_seconds()
    done = max(1, states.total())
    costs = ", ".join(f"{kind} {1000 * (spent[kind] - before[kind]) / done:.0f}" for kind in spent)
    return [
        (f"{count} audits of one image: taken", f"{asked:.1f} s, {count / asked:.0f} a second", ""),
        ("… worked off by two workers", f"{drained:.0f} s, {60 * done / drained:.0f} a minute ({_told(states)})", ""),
        ("… processor time of one, ms", costs, ""),
        ("… GET /v1/audits/{id} meanwhile, 20 a second, p99", _late(found), "50 ms"),
    ]


def _audited(service: Serve, workers: int) -> float:
    model, dataset = service.upload("models", "small_vgg.onnx"), service.upload("datasets", "holdout.npz")
    until(
        lambda: service.workers_ready(workers) and service.ready("models", model) and service.ready("datasets", dataset)
    )
    attack = {"name": "pgd", "eps": "8/255", "steps": 400, "restarts": 5}
    body = {"model_id": model, "dataset_id": dataset, "attacks": [attack], "neurons": None, "execution": {"shards": 8}}
    begin = time.perf_counter()
    audit = service.http.post("/v1/audits", json=body).json()["id"]
    assert _ended(service, audit)["status"] == "succeeded"
    return time.perf_counter() - begin


def second_worker(folder: Path) -> list[Row]:
    """The same audit by one worker of one thread and by two."""
    seconds = []
    for workers in (1, 2):
        with serving(folder / str(workers), workers, TREMOR_THREADS="1") as service:
            seconds.append(_audited(service, workers))
    one, two = seconds
    return [
        ("an audit in 8 slices, one worker of one thread", f"{one:.1f} s", ""),
        ("… two workers of one thread", f"{two:.1f} s, {two / one:.2f} of one's time", "0.60"),
    ]
