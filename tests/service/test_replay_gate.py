"""The replay gate: an earlier audit's examples are tried on a new model before anything else is done."""

from typing import Any

import httpx
import pytest

from openapi.wire.jobs import Shard
from tests.service.conftest import audit, ended, ready, upload_ready
from tests.service.problems import is_problem, refused
from tests.service.worker import HEADLINE, ProtocolWorker, until

ATTACKS = [{"name": "fgsm", "eps": 0.1}, {"name": "pgd", "eps": 0.1, "steps": 3, "target": 1, "id": "aimed"}]
RULES = {"rules": [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.5}]}


def kept(api: httpx.Client, worker: ProtocolWorker, model: str, dataset: str) -> str:
    """An audit that has ended and kept the examples of its attacks."""
    identity = audit(api, model, dataset, attacks=ATTACKS, keep_examples=True)
    while (shard := worker.take()).stage != "report":
        worker.do(shard)
    files = {
        f"examples.{i}": worker.file(f"examples-{name}.npz", "examples", "npz", name.encode())
        for i, name in enumerate(("fgsm-linf-0.1", "aimed"))
    }
    report = worker.file("report.json", "report", "json", b"{}")
    worker.tell(shard, "started")
    worker.leave(shard, {"verdict": None, "metrics": None, "headline": HEADLINE.model_dump()}, report=report, **files)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    return identity


def replayed(worker: ProtocolWorker, fooled: int) -> Shard:
    """Take the replay and say that so many of four samples are still fooled."""
    shard = worker.take()
    assert shard.stage == "replay"
    worker.do(shard, fooled=fooled)
    return shard


@pytest.fixture
def gate(api: httpx.Client, worker: ProtocolWorker) -> tuple[str, str, str]:
    """A new model, the data set, and an audit of an earlier model."""
    model, dataset = ready(api, worker)
    return upload_ready(api, worker, "models", b"the next version"), dataset, kept(api, worker, model, dataset)


def test_examples_are_tried_before_anything_else(
    api: httpx.Client, worker: ProtocolWorker, gate: tuple[str, str, str]
) -> None:
    model, dataset, base = gate
    identity = audit(api, model, dataset, replay_of=base, attacks=ATTACKS, policy=RULES)
    found = api.get(f"/v1/audits/{identity}").json()
    assert (found["phase"], found["replay"], found["request"]["replay_of"]) == ("replay", None, base)
    shard = replayed(worker, 3)
    names = [item["name"] for item in api.get(f"/v1/audits/{base}/artifacts").json()["items"]]
    assert sorted(name for name in names if name.startswith("examples")) == [
        "examples-aimed.npz",
        "examples-fgsm-linf-0.1.npz",
    ]
    assert sorted(shard.inputs) == ["model", "replayed.0", "replayed.1", "x", "y"]
    assert shard.params["attacks"] == [
        {"id": "fgsm-linf-0.1", "threat_model": "linf eps=0.1"},
        {"id": "aimed", "threat_model": "linf eps=0.1"},
    ], "an aimed example fools inside the ball, too"
    assert (shard.params["start"], shard.params["stop"]) == (0, 4)
    found = until(lambda: (a := api.get(f"/v1/audits/{identity}").json())["replay"] and a)
    assert (found["status"], found["phase"]) == ("running", "attacks"), "the attacks go on"
    first = found["replay"]
    assert (first["audit"], first["n"], first["still_fooled"], first["rate"]) == (base, 8, 6, 0.75)
    assert [a["id"] for a in first["by_attack"]] == ["fgsm-linf-0.1", "aimed"]
    assert first["verdict"] == "fail", "at most one of four samples is robust"
    assert api.get("/v1/audits").json()["items"][0]["replay"] == first
    while (shard := worker.take()).stage != "report":
        assert shard.stage == "attack"
        worker.do(shard)
    assert shard.params["replay"] == first
    worker.do(shard)
    assert ended(api, f"audits/{identity}")["replay"] == first


def test_with_stop_on_a_broken_rule_ends_the_audit_after_its_first_attack(
    api: httpx.Client, worker: ProtocolWorker, gate: tuple[str, str, str]
) -> None:
    model, dataset, base = gate
    identity = audit(api, model, dataset, replay_of=base, attacks=ATTACKS, policy=RULES, stop_on="fail", max_samples=8)
    replayed(worker, 6)
    worker.do(worker.take())
    shard = next(s for s in iter(worker.take, None) if s.stage == "report")
    assert shard.params["stopped"]["reason"] == "stop_on"
    assert shard.params["broken"] == [0]
    worker.do(shard)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_a_replay_that_breaks_nothing_stops_nothing(
    api: httpx.Client, worker: ProtocolWorker, gate: tuple[str, str, str]
) -> None:
    model, dataset, base = gate
    identity = audit(api, model, dataset, replay_of=base, policy=RULES, stop_on="fail")
    replayed(worker, 1)
    worker.do(worker.take())
    report = worker.take()
    assert (report.stage, "stopped" in report.params) == ("report", False)
    worker.do(report)
    assert ended(api, f"audits/{identity}")["replay"]["verdict"] == "inconclusive"


def test_what_cannot_be_replayed_is_refused(
    api: httpx.Client, worker: ProtocolWorker, gate: tuple[str, str, str]
) -> None:
    model, dataset, base = gate

    def ask(**fields: Any) -> httpx.Response:
        body = {"model_id": model, "dataset_id": dataset, "preset": "smoke", "neurons": None, **fields}
        return api.post("/v1/audits", json=body)

    refused(ask(replay_of="aud_none"), "/replay_of", "no audit")
    refused(ask(replay_of=model), "/replay_of", "no audit")
    other = upload_ready(api, worker, "datasets", b"others")
    refused(ask(replay_of=base, dataset_id=other), "/replay_of", "of other images")
    running = audit(api, model, dataset)
    refused(ask(replay_of=running), "/replay_of", "is queued")
    while api.get(f"/v1/audits/{running}").json()["finished_at"] is None:
        for shard in worker.waiting(0.3):
            worker.do(shard)
    refused(ask(replay_of=running), "/replay_of", "kept no examples")
    rules = {"rules": [{"metric": "replay.rate", "op": "<=", "value": 0.1}]}
    refused(ask(policy=rules), "/policy/rules/0/metric", "'replay' will be null")


def test_an_audit_whose_examples_are_needed_stays(
    api: httpx.Client, worker: ProtocolWorker, gate: tuple[str, str, str]
) -> None:
    _, dataset, base = gate
    answer = api.post("/v1/models", files={"file": ("some.bin", b"still inspected")})
    inspection = worker.take()
    identity = audit(api, answer.json()["id"], dataset, replay_of=base)
    body = is_problem(api.delete(f"/v1/audits/{base}"), 409, "conflict")
    assert (body["job_id"], "replays its examples" in body["detail"]) == (identity, True)
    api.post(f"/v1/audits/{identity}/cancel")
    worker.do(inspection)
    assert ended(api, f"audits/{identity}")["status"] == "cancelled"
    assert api.delete(f"/v1/audits/{base}").status_code == 204
