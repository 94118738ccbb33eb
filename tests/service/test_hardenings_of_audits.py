"""What becomes of an audit whose hardening fails, is cancelled or is to be taken away."""

import httpx
import pytest

from openapi.problems import problem
from tests.service.conftest import ended
from tests.service.test_hardenings import audit_with_hardening
from tests.service.worker import ProtocolWorker, until


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
