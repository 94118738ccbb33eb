"""Probes, metrics, catalogue, schema."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from openapi.attacks import ATTACKS
from openapi.presets import PRESETS
from openapi.wire.jobs import GpuMemory, ShardResult
from openapi.wire.queue import QueueClient, WorkerInfo
from openapi.wire.settings import Settings
from service.app import create_app
from service.cli.exits import Exit
from service.http.schema import dump, openapi_document, report_schema, write_schemas
from service.reference.assets import MEDIA_TYPES
from tests.service.conftest import World, audit, ended
from tests.service.worker import ATTACKED

ROOT = Path(__file__).parents[2]


def test_live(world: World) -> None:
    assert world.api.get("/health/live").json() == {"status": "live"}


def test_ready_only_with_a_live_worker(world: World) -> None:
    answer = world.api.get("/health/ready")
    assert answer.status_code == 503
    body = answer.json()
    assert {name: part["status"] for name, part in body["checks"].items()} == {
        "database": "ok",
        "queue": "ok",
        "blobs": "ok",
        "disk": "ok",
        "worker": "failed",
    }
    queue = QueueClient(world.settings)
    queue.heartbeat(WorkerInfo(id="w1", device="cpu", sandbox="full", at=time.time()))
    answer = world.api.get("/health/ready")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["sandbox"]) == ("ready", "full")
    assert answer.json()["workers"][0]["id"] == "w1"
    queue.goodbye("w1")
    queue.close()
    assert world.api.get("/health/ready").status_code == 503


def test_a_worker_that_cannot_confine_its_jobs_refuses_and_readiness_says_why(world: World) -> None:
    environment = {
        **os.environ,
        "TREMOR_REDIS_URL": world.settings.redis,
        "TREMOR_DATA_DIR": str(world.settings.data_dir),
        "TREMOR_SANDBOX": "required",
        "TREMOR_SANDBOX_LAYERS": '["network"]',
    }
    start = [sys.executable, "-m", "service.cli.main", "worker", "--name", "gpu-7"]
    done = subprocess.run(start, capture_output=True, text=True, check=False, env=environment, timeout=240)
    assert done.returncode == Exit.SANDBOX_MISSING, done.stderr
    for words in ("TREMOR_SANDBOX=required", "landlock: TREMOR_SANDBOX_LAYERS leaves it out", "seccomp: ", "mounts: "):
        assert words in done.stderr
    answer = world.api.get("/health/ready")
    assert answer.status_code == 503
    detail = answer.json()["checks"]["worker"]["detail"]
    assert "no worker is alive; gpu-7 refused to start: TREMOR_SANDBOX=required" in detail
    assert "seccomp" in detail
    queue = QueueClient(world.settings)
    queue.refuse("gpu-7", None)
    queue.close()
    assert "gpu-7" not in world.api.get("/health/ready").json()["checks"]["worker"]["detail"]


def test_metrics_are_prometheus_text(world: World) -> None:
    world.api.get("/v1/models/mdl_none")
    answer = world.api.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert 'tremor_jobs{kind="inspect_model",status="succeeded"} 1.0' in lines
    assert "tremor_queue_up 1.0" in lines
    assert 'tremor_shards{status="queued"} 0.0' in lines, "a scaler takes a missing row for a fault"
    assert "tremor_queue_oldest_seconds 0.0" in lines
    assert any(line.startswith('tremor_shard_seconds_count{stage="inspect_model"}') for line in lines)
    (count,) = [
        line
        for line in lines
        if line.startswith("tremor_http_requests_total")
        and 'route="/v1/models/{model_id}"' in line
        and 'method="GET"' in line
        and 'status="404"' in line
    ]
    assert float(count.rpartition(" ")[2]) >= 1
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {"tremor_http_requests", "tremor_http_request_seconds", "tremor_failures"} <= set(families)
    assert all(family.documentation and family.type != "unknown" for family in families.values())
    assert "mdl_none" not in answer.text, "ids would make endless series"


def _samples(world: World, name: str) -> dict[tuple[str, ...], float]:
    """What the metrics say now of a name: values of its labels, sorted by their names → value."""
    families = text_string_to_metric_families(world.api.get("/metrics").text)
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def test_passes_and_seconds_are_those_that_workers_spent(world: World) -> None:
    """A result that was there already, for the service or for its worker, has cost nothing."""
    names = ("tremor_passes_total", "tremor_shard_seconds_count")
    before, count = (_samples(world, name) for name in names)
    spent = {"forward_passes": 300, "backward_passes": 200}
    for place in range(3):
        identity = audit(world.api, world.model, world.dataset, seed=0, labels={"try": str(place)})
        shard = world.worker.take()
        if place == 0:
            assert shard.stage == "attack"
            world.worker.do(shard, **spent)
            shard = world.worker.take()
        world.worker.do(shard)
        assert ended(world.api, f"audits/{identity}")["status"] == "succeeded"
    twin = audit(world.api, world.model, world.dataset, seed=1)
    shard = world.worker.take()
    result = ShardResult(value={**ATTACKED.model_dump(), **spent}, seconds=9.0)
    world.worker.tell(shard, "succeeded", result=result, found=True)
    world.worker.do(world.worker.take())
    assert ended(world.api, f"audits/{twin}")["status"] == "succeeded"
    found, counted = (_samples(world, name) for name in names)
    assert found["forward", "attack"] - before["forward", "attack"] == 300
    assert found["backward", "attack"] - before["backward", "attack"] == 200
    assert counted["attack",] - count["attack",] == 1


def test_the_memory_of_gpus_is_told_where_there_are_some(world: World) -> None:
    name = "tremor_worker_gpu_memory_bytes"
    queue = QueueClient(world.settings)
    at = {"sandbox": "full", "at": time.time()}
    queue.heartbeat(WorkerInfo(id="w-cpu", device="cpu", **at))
    assert _samples(world, name) == {}
    memory = GpuMemory(used=3 * 2**30, total=80 * 2**30, peak=2**30)
    queue.heartbeat(WorkerInfo(id="w-gpu", device="cuda", gpu_memory=memory, **at))
    found = _samples(world, name)
    assert found == {("used", "w-gpu"): 3 * 2**30, ("total", "w-gpu"): 80 * 2**30, ("peak", "w-gpu"): 2**30}
    for worker in ("w-cpu", "w-gpu"):
        queue.goodbye(worker)
    queue.close()
    assert _samples(world, name) == {}, "who is gone has no memory"


def test_attacks_with_schema_and_defaults(world: World) -> None:
    items = {item["name"]: item for item in world.api.get("/v1/attacks").json()["items"]}
    assert set(items) == set(ATTACKS)
    pgd = items["pgd"]
    assert pgd["defaults"]["steps"] == 10
    assert pgd["schema"]["properties"]["steps"]["minimum"] == 1
    assert pgd["threat_model"].startswith("linf eps=0.0313")
    assert all(item["summary"] and item["paper"] for item in items.values())


def test_presets(world: World) -> None:
    items = {item["name"]: item for item in world.api.get("/v1/presets").json()["items"]}
    assert set(items) == set(PRESETS)
    assert all(attack["name"] in ATTACKS for item in items.values() for attack in item["attacks"])


def test_the_published_schemas_are_those_of_the_code(tmp_path: Path) -> None:
    for path in write_schemas(create_app(Settings()), tmp_path):
        assert (ROOT / "openapi" / path.name).read_bytes() == path.read_bytes(), f"run `make openapi` ({path.name})"


def test_the_served_document_is_the_published_one(world: World) -> None:
    answer = world.api.get("/schema/openapi.json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = openapi_document(create_app(Settings()))
    text = dump(document).decode()
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in document["components"]["schemas"]
    identities = [o["operationId"] for item in document["paths"].values() for o in item.values()]
    assert len(identities) == len(set(identities))
    for item in document["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            assert operation["responses"]["500"]["content"].keys() == {"application/problem+json"}


@pytest.mark.parametrize(
    "call",
    [
        "POST /v1/models", "GET /v1/models/{model_id}", "GET /v1/models/{model_id}/content", "POST /v1/datasets",
        "GET /v1/datasets/{dataset_id}", "GET /v1/datasets/{dataset_id}/content", "POST /v1/audits",
        "GET /v1/audits/{audit_id}", "GET /v1/audits/{audit_id}/events", "GET /v1/audits/{audit_id}/report",
        "GET /v1/audits/{audit_id}/report.html", "GET /v1/audits/{audit_id}/report.junit.xml",
        "GET /v1/audits/{audit_id}/report.sarif", "GET /v1/audits/{audit_id}/samples",
        "GET /v1/audits/{audit_id}/artifacts", "GET /v1/artifacts/{artifact_id}", "POST /v1/audits/{audit_id}/cancel",
        "DELETE /v1/audits/{audit_id}", "POST /v1/hardenings", "GET /v1/hardenings/{hardening_id}", "GET /v1/presets",
        "GET /v1/attacks", "GET /health/live", "GET /health/ready", "GET /metrics",
    ],
)  # fmt: skip
def test_the_contract_is_documented(call: str) -> None:
    method, path = call.split()
    document = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))
    assert method.lower() in document["paths"][path]


def test_the_report_schema_knows_the_contract() -> None:
    names = (
        "schema_version id created_at model dataset config definitions environment clean attacks worst_case checks "
        "neurons regions explain hardening verdict artifacts timings"
    )
    assert set(names.split()) <= set(report_schema()["properties"])


def test_the_page_needs_nothing_from_elsewhere(world: World) -> None:
    answer = world.api.get("/schema")
    assert answer.headers["content-type"].startswith("text/html")
    assert "createAudit" in answer.text, "also for readers without scripts"
    assert "https://tremor.dev/problems/dataset-mismatch" in answer.text
    addresses = re.findall(r'(?:href|src)="([^"]*)"', answer.text)
    assert all(address.startswith(("/schema/", "data:,")) for address in addresses)
    assert not re.findall(r"<script>|<style|<iframe|url\(|@import", answer.text), (
        "the policy takes no script in the page"
    )
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "script-src 'self';" in policy


def test_the_files_of_the_page_are_there_and_may_be_kept(world: World) -> None:
    names = re.findall(r'(?:href|src)="(/schema/assets/[^"]*)"', world.api.get("/schema").text)
    assert {name.rpartition("/")[2] for name in names} == set(MEDIA_TYPES)
    for name in names:
        answer = world.api.get(name)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(MEDIA_TYPES[name.rpartition("/")[2]])
        assert "immutable" in answer.headers["cache-control"]
    for gone in ("/schema/assets/000000000000/start.js", names[0] + "x", "/schema/assets/x/..%2f..%2fpage.py"):
        assert world.api.get(gone).status_code == 404


@pytest.mark.slow
def test_the_service_runs_without_torch_and_its_kin() -> None:
    """Import every module of the service in a process where the workers' packages cannot be imported."""
    program = """
import importlib, pkgutil, sys

blocked = {"torch", "torchvision", "onnx", "onnxruntime", "onnx2torch", "numpy", "scipy", "PIL", "matplotlib",
           "pyarrow", "safetensors", "workers", "jinja2"}
sys.modules.update(dict.fromkeys(blocked))  # None there makes `import` fail as if nothing were installed
import service, openapi
for package in (service, openapi):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.startswith(("service.embedded", "service.db.migrations")):
            importlib.import_module(module.name)
assert not any(sys.modules[name] for name in blocked)
from openapi.wire.settings import Settings
from service.app import create_app
create_app(Settings())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
