"""Request counters and their rendering in Prometheus's text format, without a client library."""

import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)

_HELP = {
    "tremor_http_requests_total": "Requests answered, by method, route and status.",
    "tremor_http_request_seconds": "Time from a request's beginning to its answer's end.",
    "tremor_jobs": "Audits, hardenings and inspections in the database, by kind and status.",
    "tremor_shards": "Units of work in the database, by status.",
    "tremor_queue_up": "1 when the queue answers.",
    "tremor_workers": "Workers that live, by state.",
}

Labels = tuple[tuple[str, str], ...]


class RequestMetrics:
    """Counts of this process's requests."""

    def __init__(self) -> None:
        self.requests: defaultdict[Labels, int] = defaultdict(int)
        self.seconds: defaultdict[Labels, list[float]] = defaultdict(lambda: [0.0] * (len(_BUCKETS) + 2))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests[(("method", method), ("route", route), ("status", str(status)))] += 1
        row = self.seconds[(("route", route),)]
        row[bisect.bisect_left(_BUCKETS, seconds)] += 1
        row[-1] += seconds


METRICS = RequestMetrics()


def _line(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{k}="{_escape(v)}"' for k, v in labels)
    number = str(int(value)) if value == int(value) else repr(value)
    return f"{name}{{{inside}}} {number}" if inside else f"{name} {number}"


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def render(requests: RequestMetrics, gauges: Mapping[str, Sequence[tuple[dict[str, Any], float]]]) -> str:
    """Write counters, histograms and gauges."""
    lines: list[str] = []

    def head(name: str, kind: str) -> None:
        lines.extend((f"# HELP {name} {_HELP[name]}", f"# TYPE {name} {kind}"))

    head("tremor_http_requests_total", "counter")
    lines += [_line("tremor_http_requests_total", labels, n) for labels, n in sorted(requests.requests.items())]
    head("tremor_http_request_seconds", "histogram")
    for labels, row in sorted(requests.seconds.items()):
        total = 0.0
        for bound, count in zip([*map(str, _BUCKETS), "+Inf"], row[:-1], strict=True):
            total += count
            lines.append(_line("tremor_http_request_seconds_bucket", (*labels, ("le", bound)), total))
        lines.append(_line("tremor_http_request_seconds_sum", labels, row[-1]))
        lines.append(_line("tremor_http_request_seconds_count", labels, total))
    for name, rows in gauges.items():
        head(name, "gauge")
        lines += [_line(name, tuple(sorted(labels.items())), value) for labels, value in rows]
    return "\n".join(lines) + "\n"
