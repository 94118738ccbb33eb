"""Traces as a collector gets them: an audit's request, its steps in the workers, and their children, are one."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from service.embedded import EmbeddedService
from tests.e2e.client import Client
from tests.e2e.conftest import IMPATIENT
from tests.ports import free_port

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"
OTHER = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass
class Collector:
    """The receiving end of OTLP over HTTP."""

    port: int = 0
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[tuple[str, Span]]:
        """Every span that came, with the service that it is of."""
        found = []
        for body in self.bodies:
            for of_service in ExportTraceServiceRequest.FromString(body).resource_spans:
                names = {pair.key: pair.value.string_value for pair in of_service.resource.attributes}
                spans = [span for scope in of_service.scope_spans for span in scope.spans]
                found += [(names["service.name"], span) for span in spans]
        return found


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            made.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def _environment(port: int) -> dict[str, str]:
    return {**IMPATIENT, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}", "OTEL_BSP_SCHEDULE_DELAY": "200"}


def test_one_trace(tmp_path: Path, collector: Collector) -> None:
    with EmbeddedService(tmp_path, env=_environment(collector.port)) as running, Client(running.url) as client:
        body = {"model_id": client.model(), "dataset_id": client.dataset(8), "attacks": [{"name": "fgsm", "eps": 0.05}]}
        answer = httpx.post(f"{running.url}/v1/audits", json=body, headers={"traceparent": CALLER})
        audit = answer.json()["id"]
        client.report(audit)
        httpx.get(f"{running.url}/v1/audits/{audit}", headers={"traceparent": OTHER}).raise_for_status()
    found = [(service, span) for service, span in collector.spans() if span.trace_id.hex() == TRACE]
    by_id = {span.span_id.hex(): span for _, span in found}
    assert len(by_id) == len(found)  # none was told twice

    (request,) = [span for _, span in found if span.kind == Span.SPAN_KIND_SERVER]
    assert request.name == "POST /v1/audits"
    assert request.parent_span_id.hex() == CALLER.split("-")[2]
    queries = [
        span for _, span in found if span.kind == Span.SPAN_KIND_CLIENT and span.parent_span_id == request.span_id
    ]
    assert any(span.name.startswith("INSERT") for span in queries)

    children = [(service, span) for service, span in found if span.name.startswith("child ")]
    assert {"child attack", "child report"} <= {span.name for _, span in children}
    for service, child in children:
        assert service == "tremor-worker"
        run = by_id[child.parent_span_id.hex()]
        assert run.name == "run/tremor.run_shard"
        sent = by_id[run.parent_span_id.hex()]
        assert sent.name == "send tremor.run_shard"
        assert by_id[sent.parent_span_id.hex()] is request
        said = {pair.key: pair.value.string_value for pair in run.attributes}
        assert (said["tremor.job"], said["tremor.stage"]) == (audit, child.name.removeprefix("child "))

    assert not [span for _, span in collector.spans() if not span.parent_span_id and span.kind == Span.SPAN_KIND_CLIENT]
    (read,) = [
        span
        for _, span in collector.spans()
        if span.trace_id.hex() == OTHER.split("-")[1] and span.kind == Span.SPAN_KIND_SERVER
    ]
    assert read.name == "GET /v1/audits/{audit_id}"
    assert not [span for _, span in collector.spans() if "/health" in span.name]


def test_a_collector_that_is_away_keeps_nobody(tmp_path: Path) -> None:
    with EmbeddedService(tmp_path, env=_environment(free_port())) as running, Client(running.url) as client:
        body = {"model_id": client.model(), "dataset_id": client.dataset(8), "attacks": [{"name": "fgsm", "eps": 0.05}]}
        assert client.report(client.start(body))["clean"]["n"] == 8


def test_a_collector_that_nothing_here_can_talk_to(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['opentelemetry'] = None; from service.cli.main import main; main()"
    for command in ("api", "worker", "serve"):
        ended = subprocess.run(
            [sys.executable, "-c", hidden, command],
            env={**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "TREMOR_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 2
        assert "OTEL_EXPORTER_OTLP_ENDPOINT" in ended.stderr
        assert "tremor[traces]" in ended.stderr
