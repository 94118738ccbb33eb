"""Alerts and dashboard: every expression parses, and asks for metrics that the service gives."""

import json
import re
import time
from contextlib import closing

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from openapi.wire.jobs import GpuMemory
from openapi.wire.queue import QueueClient, WorkerInfo
from service.health.metrics import render
from tests.deploy.files import CHART
from tests.service.conftest import World, audit
from tests.service.conftest import broker as broker
from tests.service.conftest import world as world

ALERTS = [
    rule
    for group in yaml.safe_load((CHART / "observability" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = json.loads((CHART / "observability" / "dashboard.json").read_text())["panels"]
EXPRESSIONS = {rule["alert"]: rule["expr"] for rule in ALERTS} | {
    f"{panel['title']} {place}": target["expr"] for panel in PANELS for place, target in enumerate(panel["targets"])
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expressions_parse(expression: str) -> None:
    promql_parser.parse(expression)


def test_they_ask_for_metrics_that_there_are(world: World) -> None:
    world.api.get("/health/live")
    audit(world.api, world.model, world.dataset)  # a tenant of whom something waits
    with closing(QueueClient(world.settings)) as queue:
        memory = GpuMemory(used=1, total=2)
        queue.heartbeat(WorkerInfo(id="gpu", device="cuda", sandbox="full", gpu_memory=memory, at=time.time()))
    given = {
        sample.name
        for family in text_string_to_metric_families(world.api.get("/metrics").text)
        for sample in family.samples
    }
    asked = {name for expression in EXPRESSIONS.values() for name in re.findall(r"\btremor_\w+", expression)}
    assert asked <= given
    wanted = "passes_total shard_seconds_bucket worker_gpu_memory_bytes failures webhook_attempts_total tenant_shards"
    assert asked >= {f"tremor_{name}" for name in wanted.split()}, "what the operation of it needs is shown"


def test_alerts_say_what_to_do() -> None:
    for rule in ALERTS:
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["for"]
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]


def test_panels_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


def test_what_does_not_answer_is_a_figure() -> None:
    text = render(None, None).decode()
    assert "tremor_queue_up 0.0" in text
    assert "tremor_database_up 0.0" in text
    assert "tremor_workers{" not in text
