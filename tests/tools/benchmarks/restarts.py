"""How often `tremor serve` may be restarted under an audit, and how long a stop and a start take.

``python -m tests.tools.benchmarks.restarts --count 10`` begins an audit of one long shard, stops the service in the
middle of it again and again (by its lifeline, SIGTERM and Ctrl-C in turn), lets it end, and prints what the database
says. One lost shard would fail the audit.
"""

import argparse
import signal
import sqlite3
import tempfile
import time
from pathlib import Path

from service.embedded import EmbeddedService
from tests.e2e.client import Client
from tests.e2e.test_killed_processes import in_the_middle

_WAYS = ("lifeline", "SIGTERM", "SIGINT")


def stop(service: EmbeddedService, way: str) -> float:
    """Stop it; returns the seconds it took."""
    begin = time.perf_counter()
    if way != "lifeline" and service.process is not None:
        service.process.send_signal(getattr(signal, way))
        service.process.wait(60)
    service.stop()
    return time.perf_counter() - begin


def main() -> None:
    """Restart, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10, help="Restarts in the middle of the audit")
    parser.add_argument("--samples", type=int, default=100, help="More make the one shard longer")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        service = EmbeddedService(Path(folder), env={"TREMOR_MAX_ATTEMPTS": "1", "TREMOR_THREADS": "1"})
        audit = ""
        for number in range(arguments.count + 1):
            begin = time.perf_counter()
            service.start()
            started = time.perf_counter() - begin
            with Client(service.url) as client:
                if not audit:
                    attacks = [{"name": "pgd", "eps": 0.002, "steps": 400}]
                    ids = {"model_id": client.model(), "dataset_id": client.dataset(arguments.samples)}
                    audit = client.start({**ids, "attacks": attacks, "neurons": None, "execution": {"shards": 1}})
                if number == arguments.count:
                    print("the audit", client.finish(audit)["status"])
                else:
                    in_the_middle(service, client, audit)
            way = _WAYS[number % len(_WAYS)]
            print(f"start {number}: ready after {started:.1f} s, stopped by {way} within {stop(service, way):.1f} s")
        with sqlite3.connect(Path(folder) / "tremor.db") as database:
            print(
                "shards (name, attempt, losses):",
                database.execute("SELECT name, attempt, losses FROM shards").fetchall(),
            )


if __name__ == "__main__":
    main()
