"""``python -m tests.tools.benchmarks.views``: how soon the calls about an audit's analyses answer, as one table.

A made-up audit (`tests.tools.synthetic_audit`) of 2,000 neurons and 10,000 images is put into a folder, and
`tremor serve` without workers answers about it. On a machine with other load the processor time of the API says what
an answer costs, and the longest wait of its threads for a processor what the others cost it. It needs 3 GB of disk and
a few minutes to make the audit; with ``--data`` it is kept, and with ``--made`` found there.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from openapi.wire.settings import Settings
from tests.tools.benchmarks.service.load import Latencies
from tests.tools.benchmarks.service.subject import serving
from tests.tools.benchmarks.view_calls import calls, known
from tests.tools.synthetic_audit import Size, synthetic

_GOAL = "50 ms"


@dataclass
class Asked:
    """Seconds of every request: of its answer, of processor time in the API, and of waiting there for a processor."""

    latency: Latencies
    spent: Latencies
    waited: Latencies
    size: int


def _scheduled(pid: int) -> tuple[float, float]:
    """Seconds that the threads of a process ran and waited for a processor, as Linux counts them."""
    ran = waited = 0
    for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):  # a thread may end meanwhile
            own = path.read_text().split()
            ran, waited = ran + int(own[0]), waited + int(own[1])
    return ran / 1e9, waited / 1e9


def measure(http: httpx.Client, audit: str, address: Callable[[], str], times: int, pid: int) -> Asked:
    """Ask one after the other."""
    seconds, ran, waited = list[float](), list[float](), list[float]()
    errors, size = 0, 0
    for _ in range(times):
        path = f"/v1/audits/{audit}/{address()}"
        before, begin = _scheduled(pid), time.perf_counter()
        answer = http.get(path)
        seconds.append(time.perf_counter() - begin)
        after = _scheduled(pid)
        ran.append(max(0.0, after[0] - before[0]))
        waited.append(max(0.0, after[1] - before[1]))
        errors += answer.status_code != 200
        size = len(answer.content)
    return Asked(Latencies(seconds, errors), Latencies(ran, 0), Latencies(waited, 0), size)


def main() -> None:
    """Make the audit, serve it, ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="keep the audit in this folder")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--made", action="store_true", help="the audit is in the folder already")
    for name, value in vars(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    given = vars(parser.parse_args())
    times, made, kept = given.pop("times"), given.pop("made"), given.pop("data")
    size = Size(**given)
    with tempfile.TemporaryDirectory() as folder:
        data = kept or Path(folder)
        audit = size.audit if made else synthetic(Settings(data_dir=data), size)
        with serving(data, 0) as service, httpx.Client(base_url=service.url, timeout=60) as http:
            print(f"load at the start {os.getloadavg()[0]:.1f}; {size.neurons} neurons, {size.images} images")
            api = service.find(" api")
            heads = (
                "call",
                "p50",
                "p99",
                "processor p50",
                "processor p99",
                "longest wait for a processor",
                "answer",
                "goal",
            )
            print(f"\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
            for name, address in calls(size, known(http, audit), 0).items():
                first = measure(http, audit, address, 1, api.pid)
                found = measure(http, audit, address, times, api.pid)
                assert not first.latency.errors + found.latency.errors, name
                shown = [of.quantile(share) for of in (found.latency, found.spent) for share in (0.5, 0.99)]
                cells = [f"{1000 * seconds:.1f} ms" for seconds in (*shown, found.waited.quantile(1.0))]
                print(f"| {' | '.join([name, *cells, f'{found.size / 1000:.0f} kB', _GOAL])} |")


if __name__ == "__main__":
    main()
