"""An audit that hardens, and what becomes of it when its hardening fails, is cancelled or is to be taken away."""

import httpx
import pytest

from openapi.problems import problem
from tests.service.conftest import ended
from tests.service.report import COMPARISON
from tests.service.test_hardenings import UNDERWAY, audit_with_hardening
from tests.service.worker import ProtocolWorker, until


def test_an_audit_that_hardens(api: httpx.Client, worker: ProtocolWorker) -> None:
    identity, hardening = audit_with_hardening(api, worker)
    assert hardening.startswith("hrd_"), "it is named at once"
    assert api.get(f"/v1/hardenings/{hardening}").json()["audit_id"] == identity
    first = worker.take()
    assert (first.stage, first.job_id) == ("attack", identity)
    worker.do(first)
    train = worker.take()
    assert (train.stage, train.job_id) == ("harden", hardening)
    worker.tell(train, "started")
    worker.tell(train, "progress", done=1, total=4, unit="epochs")
    found = until(lambda: (a := api.get(f"/v1/audits/{identity}").json())["progress"] and a)
    assert (found["phase"], found["progress"]) == ("hardening", {"done": 1.0, "total": 4.0, "unit": "epochs"})
    assert found["training"] is None, "it has not told of itself yet"
    worker.tell(train, "progress", done=2, total=4, unit="epochs", told=UNDERWAY)
    until(lambda: api.get(f"/v1/audits/{identity}").json()["training"] == UNDERWAY)
    with api.stream("GET", f"/v1/audits/{identity}/events") as answer:
        data = (line for line in answer.iter_lines() if line.startswith("data"))
        assert next(line for line in data if '"training"' in line and '"epochs"' in line)
    worker.do(train)
    after = worker.take()
    assert after.stage == "attack", "the parent's shard is known from the audit: only the hardened model is attacked"
    assert after.inputs["model"].sha256 != first.inputs["model"].sha256
    worker.do(after)
    comparison = worker.take()
    assert comparison.job_id == hardening
    assert api.get(f"/v1/audits/{identity}").json()["training"] is None, "it trains no more"
    worker.do(comparison)
    report = worker.take()
    assert report.job_id == identity
    assert report.params["hardening"]["after"] == COMPARISON["after"]
    assert report.params["hardening"]["id"] == hardening
    assert report.params["hardening"]["model_id"].startswith("mdl_")
    assert {a["format"] for a in report.params["artifacts"]} >= {"onnx", "torchscript", "safetensors"}
    worker.do(report)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    assert ended(api, f"hardenings/{hardening}")["status"] == "succeeded"
    assert api.delete(f"/v1/audits/{identity}").status_code == 204
    assert api.get(f"/v1/hardenings/{hardening}").status_code == 404


def test_a_hardening_that_fails_leaves_its_audit_with_a_report_that_says_so(
    api: httpx.Client, worker: ProtocolWorker
) -> None:
    identity, hardening = audit_with_hardening(api, worker)
    worker.do(worker.take())
    worker.fail(worker.take(), problem("memory-limit", "more than 8 GiB"))
    report = worker.take()
    assert (report.stage, report.job_id) == ("report", identity)
    assert report.params["hardening"]["id"] == hardening
    assert report.params["hardening"]["problem"]["detail"] == "more than 8 GiB"
    worker.do(report)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    assert ended(api, f"hardenings/{hardening}")["status"] == "failed"


@pytest.mark.parametrize("which", ["audit", "hardening"])
def test_cancelling_an_audit_that_hardens(api: httpx.Client, worker: ProtocolWorker, which: str) -> None:
    identity, hardening = audit_with_hardening(api, worker)
    worker.do(worker.take())
    train = worker.take()
    worker.tell(train, "started")
    until(lambda: api.get(f"/v1/hardenings/{hardening}").json()["status"] == "running")
    path = f"/v1/audits/{identity}" if which == "audit" else f"/v1/hardenings/{hardening}"
    assert api.post(f"{path}/cancel").json()["status"] == "cancelling"
    worker.tell(train, "cancelled")
    assert ended(api, f"hardenings/{hardening}")["status"] == "cancelled"
    if which == "hardening":  # the audit itself was not cancelled: its own results are reported
        worker.do(worker.take())
    assert ended(api, f"audits/{identity}")["status"] == ("cancelled" if which == "audit" else "succeeded")
    assert worker.is_empty()


def test_a_hardening_cannot_be_taken_away_from_its_running_audit(api: httpx.Client, worker: ProtocolWorker) -> None:
    identity, hardening = audit_with_hardening(api, worker)
    answer = api.delete(f"/v1/hardenings/{hardening}")
    assert (answer.status_code, answer.json()["job_id"]) == (409, identity)


def test_cancelling_before_the_hardening_has_begun(api: httpx.Client, worker: ProtocolWorker) -> None:
    identity, hardening = audit_with_hardening(api, worker)
    assert api.post(f"/v1/audits/{identity}/cancel").json()["status"] == "cancelled"
    assert api.get(f"/v1/hardenings/{hardening}").json()["status"] == "cancelled"
