"""``python -m tests.tools.benchmarks.service``: start, recovery and latency of `tremor serve`, as one table.

Run it on a machine that does nothing else; it says how busy that was. It needs two cores, no network beyond loopback,
3 GB of disk, and about a quarter of an hour; `--only` takes a part of it.
"""

import argparse
import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.tools.benchmarks.service.coordinator import coordinator
from tests.tools.benchmarks.service.load import Latencies, Watchers, requests
from tests.tools.benchmarks.service.recording import recording
from tests.tools.benchmarks.service.scale import many, second_worker, uploads
from tests.tools.benchmarks.service.subject import Serve, serving, until

Row = tuple[str, str, str]
PARTS = ("start", "recovery", "latency", "uploads", "many", "workers", "recording", "coordinator")


def start(folder: Path) -> list[Row]:
    """A fresh folder: until the API answers, and until a worker can be given work."""
    with serving(folder, 1) as service:
        until(lambda: service.workers_ready(1))
        whole = time.perf_counter() - service.begun
        return [
            ("`tremor serve` until it is ready", f"{service.seconds_to_ready:.1f} s", "8 s"),
            ("… until a worker is", f"{whole:.1f} s", ""),
        ]


def _longest_wait(service: Serve, kill: Callable[[], None], seconds: float = 15.0) -> float:
    """The longest that clients wait for an answer while something is killed; who is turned away asks again."""
    waits: list[float] = []
    ended = threading.Event()

    def client() -> None:
        with httpx.Client(base_url=service.url, timeout=60) as http:
            while not ended.is_set():
                begin = time.perf_counter()
                until(lambda: http.get("/v1/audits").status_code == 200)
                waits.append(time.perf_counter() - begin)
                time.sleep(0.01)

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    kill()
    time.sleep(seconds)
    ended.set()
    for thread in threads:
        thread.join()
    return max(waits)


def recovery(folder: Path) -> list[Row]:
    """SIGKILL of the API and of Valkey: how long clients wait, and when new work is done again."""
    with serving(folder, 1) as service:
        until(lambda: service.workers_ready(1))
        first = service.upload("models", "small_vgg.onnx")
        until(lambda: service.ready("models", first))
        api = _longest_wait(service, service.find("service.cli.main api").kill)
        broker = _longest_wait(service, service.find("valkey").kill)
        service.find("valkey").kill()
        begin = time.perf_counter()
        identity = ""

        def inspected() -> bool:
            nonlocal identity
            identity = identity or service.upload("models", "small_vgg.onnx", name=f"again {begin}")
            return service.ready("models", identity)

        until(inspected)
        work = time.perf_counter() - begin
    return [
        ("SIGKILL of the API: longest wait of a client", f"{api:.1f} s", "3 s"),
        ("SIGKILL of Valkey: longest wait of a client", f"{broker:.1f} s", "3 s"),
        ("SIGKILL of Valkey: until an upload was inspected", f"{work:.1f} s", ""),
    ]


def _latency_rows(what: str, found: Latencies, goal: str = "") -> list[Row]:
    middle, late, worst = (1000 * found.quantile(share) for share in (0.5, 0.99, 1.0))
    text = f"{late:.0f} ms (median {middle:.0f}, longest {worst:.0f}, {found.errors} errors)"
    return [(what, text, goal)]


def latency(folder: Path, watchers: int) -> list[Row]:
    """`GET /v1/audits/{id}` at 200 requests a second, and watchers of one audit's events, idle and busy."""
    rows: list[Row] = []
    with serving(folder, 2) as service:
        model, dataset = service.upload("models", "small_vgg.onnx"), service.upload("datasets", "holdout.npz")
        until(
            lambda: service.workers_ready(2) and service.ready("models", model) and service.ready("datasets", dataset)
        )
        quiet = asyncio.run(requests(f"{service.url}/health/live", 200, 5))
        rows += _latency_rows("GET /health/live, 200 a second, p99", quiet)
        audit = service.audit(model, dataset, 2)
        path = f"{service.url}/v1/audits/{audit}"
        api = service.find("service.cli.main api")
        begin = sum(api.cpu_times()[:2])
        busy = asyncio.run(requests(path, 200, 15))
        spent = sum(api.cpu_times()[:2]) - begin
        rows += _latency_rows("GET /v1/audits/{id}, 200 a second, 2 busy workers, p99", busy, "50 ms")
        rows.append(("… processor time of the API", f"{100 * spent / 15.5:.0f} % of a core", ""))

        async def watch() -> tuple[float, int]:
            async with Watchers(path + "/events", watchers) as crowd:
                begin, then = sum(api.cpu_times()[:2]), time.perf_counter()
                await asyncio.sleep(15)
                return (sum(api.cpu_times()[:2]) - begin) / (time.perf_counter() - then), crowd.events

        share, events = asyncio.run(watch())
        text = f"{100 * share:.0f} % of a core ({events / watchers / 15:.1f} events a second each)"
        rows.append((f"{watchers} watchers of a running audit", text, "20 %"))
        service.http.post(f"/v1/audits/{audit}/cancel")
    return rows


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watchers", type=int, default=400)
    parser.add_argument("--uploads", type=int, default=50)
    parser.add_argument("--audits", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=8, help="audits of 257 shards each, for the coordinator")
    parser.add_argument("--shards", type=int, default=256, help="whose events are recorded")
    parser.add_argument("--gpus", type=int, nargs="+", default=[2, 256], help="that the coordinator serves at once")
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    parts: dict[str, Callable[[Path], list[Row]]] = {
        "start": start,
        "recovery": recovery,
        "latency": lambda folder: latency(folder, options.watchers),
        "uploads": lambda folder: uploads(folder, options.uploads),
        "many": lambda folder: many(folder, options.audits),
        "workers": second_worker,
        "recording": lambda folder: recording(folder, options.shards),
        "coordinator": lambda folder: coordinator(folder, options.rounds, options.gpus),
    }
    before = os.getloadavg()[0]
    print(f"load before: {before:.2f} on {os.cpu_count()} processors\n")
    print("| what | measured | goal |\n|---|---|---|")
    for name, part in parts.items():
        if options.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="tremor-bench-") as folder:
                for row in part(Path(folder)):
                    print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
