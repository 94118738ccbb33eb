"""The main job through HTTP, with the workers' answers written by hand: what follows what."""

import threading
from typing import Any

import httpx
import pytest
import redis

from openapi.problems import problem
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Shard, ShardResult
from openapi.wire.settings import Settings
from tests.service.conftest import ready, upload, upload_ready
from tests.service.worker import ProtocolWorker, cancelled, until


def test_an_audit_from_upload_to_report(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    answer = api.post("/v1/audits", json={"model_id": model, "dataset_id": dataset, "preset": "smoke"})
    assert answer.status_code == 202, answer.text
    audit = answer.json()
    assert answer.headers["location"] == f"/v1/audits/{audit['id']}"
    assert audit["status"] == "queued"
    shards = [worker.take() for _ in range(9)]  # 10 samples in slices of 4: 3 slices × (2 attacks + neurons)
    assert sorted((s.stage, s.params["start"], s.params["stop"]) for s in shards) == sorted(
        [(stage, a, b) for a, b in ((0, 4), (4, 8), (8, 10)) for stage in ("attack", "attack", "neurons")]
    )
    worker.tell(shards[0], "started")
    worker.tell(shards[0], "progress", done=2, total=4, unit="samples")
    found = until(lambda: (a := api.get(f"/v1/audits/{audit['id']}").json())["progress"]["done"] == 2.0 and a)
    assert found["status"] == "running"
    assert found["progress"] == {"done": 2.0, "total": 30.0, "unit": "samples"}
    for shard in shards:
        worker.do(shard)
    report = worker.take()
    assert report.stage == "report"
    assert sorted(report.inputs) == sorted(
        [f"samples.{i}.{j}" for i in range(2) for j in range(3)] + [f"sums.{j}" for j in range(3)]
    )
    assert report.params["slices"] == [[0, 4], [4, 8], [8, 10]]
    worker.do(report)
    done = api.get(f"/v1/audits/{audit['id']}", params={"wait": 20}).json()
    assert (done["status"], done["verdict"]) == ("succeeded", "pass")
    assert api.get(f"/v1/audits/{audit['id']}/report").json()["id"] == audit["id"]
    page = api.get(f"/v1/audits/{audit['id']}/report", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]


def audit(api: httpx.Client, model: str, dataset: str, **fields: Any) -> str:
    """Queue a small audit: one attack, no neurons, 4 samples unless the fields say otherwise."""
    body = {"attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "max_samples": 4, **fields}
    answer = api.post("/v1/audits", json={"model_id": model, "dataset_id": dataset, **body})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def ended(api: httpx.Client, path: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/v1/{path}", params={"wait": 15}).json()
    assert found["finished_at"], found
    return found


def test_an_audit_waits_for_inspections(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = upload(api, "models", b"m"), upload(api, "datasets", b"d")
    identity = audit(api, model, dataset)
    found = api.get(f"/v1/audits/{identity}").json()
    assert (found["status"], found["phase"]) == ("queued", "inspecting")
    first, second = worker.take(), worker.take()
    assert worker.is_empty(), "nothing is attacked before everything is inspected"
    worker.do(second)
    assert worker.is_empty()
    worker.do(first)
    assert worker.take().stage == "attack"


def test_an_audit_of_a_model_that_is_then_rejected_fails_with_its_problem(
    api: httpx.Client, worker: ProtocolWorker
) -> None:
    model = upload(api, "models", b"m")
    inspection = worker.take()
    dataset = upload_ready(api, worker, "datasets", b"d")
    identity = audit(api, model, dataset)
    worker.fail(inspection, problem("model-unsupported-operator", "Foo-3 is not supported", operator="Foo"))
    found = ended(api, f"audits/{identity}")
    assert found["status"] == "failed"
    assert found["problem"]["type"].endswith("/model-unsupported-operator")
    assert "Foo-3" in found["problem"]["detail"]
    assert found["problem"]["instance"] == f"/v1/audits/{identity}"


def test_a_misfit_found_after_inspection_fails_the_audit(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = upload(api, "models", b"m")
    inspection = worker.take()
    dataset = upload_ready(api, worker, "datasets", b"d", shape=[3, 8, 8])
    identity = audit(api, model, dataset)
    worker.do(inspection)
    found = ended(api, f"audits/{identity}")
    assert (found["status"], found["problem"]["type"].rpartition("/")[2]) == ("failed", "dataset-mismatch")


def test_known_results_are_not_computed_again(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    audit(api, model, dataset)
    worker.do(worker.take())
    worker.do(worker.take())
    second = audit(api, model, dataset, labels={"other": "audit"}, attacks=[{"name": "fgsm", "eps": 0.1, "id": "mine"}])
    report = worker.take()
    assert (report.stage, report.job_id) == ("report", second)
    assert report.params["attacks"][0]["id"] == "mine"
    worker.do(report)
    assert ended(api, f"audits/{second}")["status"] == "succeeded"
    third = audit(api, model, dataset, seed=1)
    assert (shard := worker.take()).stage == "attack"
    assert shard.job_id == third, "another seed is another computation"


def test_a_failed_shard_fails_the_audit_and_stops_the_rest(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, max_samples=8)
    first, second = worker.take(), worker.take()
    worker.tell(first, "started")
    worker.fail(second, problem("model-numerics", "NaN logits", index=5))
    found = ended(api, f"audits/{identity}")
    assert (found["status"], found["problem"]["index"]) == ("failed", 5)
    until(lambda: cancelled(settings, identity))
    worker.do(first)
    assert worker.is_empty(), "what comes too late changes nothing"
    assert api.get(f"/v1/audits/{identity}").json()["status"] == "failed"


def test_repeated_and_outdated_events_change_nothing(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    shard = worker.take()
    for _ in range(3):
        worker.do(shard)
    worker.fail(shard, problem("job-failed", "too late"))
    report = worker.take()
    worker.tell(report.model_copy(update={"attempt": 99}), "started")
    worker.do(report)
    worker.do(report)
    found = ended(api, f"audits/{identity}")
    assert found["status"] == "succeeded"
    assert worker.is_empty()
    stream = api.get(f"/v1/audits/{identity}/events").text
    assert stream.count('"status": "succeeded"') == 1


def test_nonsense_on_the_stream_is_survived(api: httpx.Client, worker: ProtocolWorker, settings: Settings) -> None:
    with redis.Redis.from_url(settings.redis) as client:
        client.xadd("tremor:events", {"event": "not json"})
        client.xadd("tremor:events", {"other": "field"})
    ghost = Shard(job_id="aud_ghost", shard_id="shd_ghost", stage="attack", inputs={}, params={})
    worker.tell(ghost, "started")
    model, dataset = ready(api, worker)
    shard_of = audit(api, model, dataset)
    shard = worker.take()
    broken = ShardResult(value={}, files={})
    worker.tell(shard.model_copy(update={"job_id": model}), "succeeded", result=broken)
    worker.do(shard)
    worker.do(worker.take())
    assert ended(api, f"audits/{shard_of}")["status"] == "succeeded"


def test_survivors_go_from_cheap_attacks_to_dear_ones(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    dear, cheap, other = {"name": "apgd", "eps": 0.1}, {"name": "fgsm", "eps": 0.1}, {"name": "fgsm", "eps": 0.2}
    identity = audit(
        api, model, dataset, attacks=[dear, cheap, other], neurons=None, survivors_only=True, execution={"shards": 2}
    )
    taken = [worker.take() for _ in range(4)]
    assert worker.is_empty()
    assert [t.params["attack"]["name"] for t in taken] == ["fgsm"] * 4
    before = next(t for t in taken if t.params["attack"]["eps"] == 0.1 and t.params["start"] == 0)
    worker.do(before)
    released = worker.take()
    assert (released.params["attack"]["name"], released.params["start"]) == ("apgd", 0)
    samples = worker.blobs.get_result(before.result_key).files["samples"].blob
    assert released.inputs["fooled.0"] == samples
    assert set(released.inputs) == {"model", "x", "y", "fooled.0"}
    assert worker.is_empty()
    for shard in (*(t for t in taken if t is not before), released):
        worker.do(shard)
    last = worker.take()
    assert (last.params["attack"]["name"], last.params["start"]) == ("apgd", 2)
    worker.do(last)
    report = worker.take()
    assert report.stage == "report"
    assert {f"samples.{i}.{j}" for i in range(3) for j in range(2)} <= set(report.inputs)
    worker.do(report)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_a_shard_that_nobody_cancelled_goes_out_again(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    """A worker that saw the mark of an earlier run under the same id."""
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, attacks=[{"name": "fgsm", "eps": 0.1}], neurons=None)
    with redis.Redis.from_url(settings.redis) as client:
        client.set(f"tremor:cancel:{identity}", 1)
    shard = worker.take()
    worker.tell(shard, "started")
    worker.tell(shard, "cancelled")
    again = worker.take()
    assert (again.shard_id, again.attempt) == (shard.shard_id, shard.attempt + 1)
    assert not cancelled(settings, identity)
    worker.do(again)
    worker.do(worker.take())
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_cancelling_ends_what_waits_for_others(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    attacks = [{"name": "fgsm", "eps": 0.1}, {"name": "apgd", "eps": 0.1}]
    identity = audit(api, model, dataset, attacks=attacks, neurons=None, survivors_only=True)
    shard = worker.take()
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    assert api.post(f"/v1/audits/{identity}/cancel").json()["status"] == "cancelling"
    worker.tell(shard, "cancelled")
    assert ended(api, f"audits/{identity}")["status"] == "cancelled"
    assert worker.is_empty()


def test_cancelling_before_anything_runs_is_immediate(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    shard = worker.take()
    answer = api.post(f"/v1/audits/{identity}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert cancelled(settings, identity)
    assert api.post(f"/v1/audits/{identity}/cancel").json()["status"] == "cancelled"
    worker.do(shard)
    assert worker.is_empty()
    assert api.get(f"/v1/audits/{identity}").json()["status"] == "cancelled"


def test_cancelling_waits_for_what_runs(api: httpx.Client, worker: ProtocolWorker, settings: Settings) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, max_samples=8)
    first, _second = worker.take(), worker.take()
    worker.tell(first, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    assert api.post(f"/v1/audits/{identity}/cancel").json()["status"] == "cancelling"
    assert cancelled(settings, identity)
    worker.tell(first, "cancelled")
    assert ended(api, f"audits/{identity}")["status"] == "cancelled"


def test_a_result_that_comes_while_cancelling_ends_it(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    shard = worker.take()
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    api.post(f"/v1/audits/{identity}/cancel")
    worker.do(shard)
    assert ended(api, f"audits/{identity}")["status"] == "cancelled"
    assert worker.is_empty()


def test_deleting_takes_artifacts_and_blobs_along(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    worker.do(worker.take())
    worker.do(worker.take())
    ended(api, f"audits/{identity}")
    items = api.get(f"/v1/audits/{identity}/artifacts").json()["items"]
    assert len(items) == 3
    assert api.delete(f"/v1/audits/{identity}").status_code == 204
    assert api.get(f"/v1/audits/{identity}").status_code == 404
    store = BlobStore.from_settings(settings)
    for item in items:
        assert api.get(item["href"]).status_code == 404
        assert not store.exists(item["sha256"])
    assert api.get(f"/v1/models/{model}/content").content == b"a model"
    again = audit(api, model, dataset)
    assert worker.take().job_id == again, "the results went with the audit, and are computed anew"


def test_deleting_a_running_audit_stops_it(api: httpx.Client, worker: ProtocolWorker, settings: Settings) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    shard = worker.take()
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/audits/{identity}").json()["status"] == "running")
    assert api.delete(f"/v1/audits/{identity}").status_code == 204
    assert cancelled(settings, identity)
    worker.do(shard)
    assert worker.is_empty()
    assert api.delete(f"/v1/models/{model}").status_code == 204


def find(api: httpx.Client, **query: str) -> list[str]:
    answer = api.get("/v1/audits", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_audits_are_found_by_status_and_label(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    one = audit(api, model, dataset, labels={"team": "vision", "build": "7"})
    two = audit(api, model, dataset, labels={"team": "speech"})
    api.post(f"/v1/audits/{two}/cancel")
    assert find(api) == [two, one]
    assert find(api, status="cancelled") == [two]
    assert find(api, label="team:vision") == [one]
    assert find(api, label="team:vision", status="cancelled") == []
    assert find(api, label="no.such:x'y") == []
    for query, name in (({"status": "done"}, "status"), ({"label": "team"}, "label"), ({"label": 'a"b:c'}, "label")):
        answer = api.get("/v1/audits", params=query)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, name)


def harden(worker: ProtocolWorker, **value: Any) -> Shard:
    shard = worker.take()
    assert shard.stage == "harden"
    worker.do(shard, **value)
    return shard


def test_a_hardening_from_training_to_a_new_model(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    train = upload_ready(api, worker, "datasets", b"train", num_samples=50)
    answer = api.post(
        "/v1/hardenings",
        json={
            "model_id": model,
            "train_dataset_id": train,
            "eval_dataset_id": dataset,
            "method": "sns",
            "lambda": 2,
            "eps": "8/255",
            "epochs": 3,
            "layers": ["conv1"],
            "eval_max_samples": 4,
            "name": "tough",
        },
    )
    assert answer.status_code == 202, answer.text
    identity = answer.json()["id"]
    assert answer.json()["request"]["lambda"] == 2
    assert [a["id"] for a in answer.json()["request"]["attacks"]] == ["fgsm-linf-0.0314", "pgd-linf-0.0314-20"]
    shard = harden(worker)
    assert shard.params["harden"]["lambda"] == 2
    assert shard.params["harden"]["layers"] == ["conv1"]
    assert "train_dataset_id" not in shard.params["harden"]
    assert shard.params["parent"]["id"] == model
    assert shard.inputs["x"].sha256 != shard.inputs["y"].sha256
    parts = [worker.take() for _ in range(4)]  # 2 attacks × 1 slice × (before, after)
    hardened = worker.file("hardened.onnx", "checkpoint", "onnx", f"onnx {identity}".encode()).blob.sha256
    parent = shard.inputs["model"].sha256
    assert sorted(p.inputs["model"].sha256 for p in parts) == sorted([parent, parent, hardened, hardened])
    for part in parts:
        worker.do(part)
    report = worker.take()
    assert report.params["kind"] == "hardening"
    assert {"samples.0.0", "samples.1.0", "after.samples.0.0", "after.samples.1.0"} == set(report.inputs)
    assert report.params["training"]["uploaded_format"] == "onnx"
    assert {a["kind"] for a in report.params["artifacts"]} == {"checkpoint", "manifest"}
    metrics = {"before": {"clean": 1}, "after": {"clean": 0.9}}
    worker.do(report, metrics=metrics, verdict="pass")
    done = ended(api, f"hardenings/{identity}")
    assert (done["status"], done["verdict"], done["metrics"]) == ("succeeded", "pass", metrics)
    new = api.get(f"/v1/models/{done['model_id_hardened']}").json()
    assert (new["status"], new["parent_id"], new["hardening_id"], new["name"]) == ("ready", model, identity, "tough")
    assert (new["sha256"], new["num_classes"]) == (hardened, 3)
    items = api.get(f"/v1/hardenings/{identity}/artifacts").json()["items"]
    assert sorted(i["format"] for i in items if i["kind"] == "checkpoint") == ["onnx", "safetensors", "torchscript"]
    assert api.get(f"/v1/models/{new['id']}/content").content == f"onnx {identity}".encode()
    audit(api, new["id"], dataset, seed=3)
    assert worker.take().inputs["model"].sha256 == hardened, "the hardened model is a model like any other"
    api.delete(f"/v1/hardenings/{identity}")
    assert api.get(f"/v1/models/{new['id']}/content").status_code == 200, "it outlives its hardening"


def test_a_hardening_without_held_out_data_compares_nothing(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    body = {"model_id": model, "train_dataset_id": dataset, "method": "pat"}
    identity = api.post("/v1/hardenings", json=body).json()["id"]
    harden(worker)
    done = ended(api, f"hardenings/{identity}")
    assert (done["status"], done["verdict"], done["metrics"]) == ("succeeded", "inconclusive", None)
    assert done["model_id_hardened"]
    assert worker.is_empty()
    assert api.get(f"/v1/hardenings/{identity}/report").status_code == 404


def audit_with_hardening(api: httpx.Client, worker: ProtocolWorker) -> tuple[str, str]:
    model, dataset = ready(api, worker)
    train = upload_ready(api, worker, "datasets", b"train")
    identity = audit(api, model, dataset, harden={"train_dataset_id": train, "epochs": 1}, keep_examples=True)
    return identity, str(api.get(f"/v1/audits/{identity}").json()["hardening_id"])


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
    worker.do(comparison, metrics={"before": {"a": 1}, "after": {"a": 2}})
    report = worker.take()
    assert report.job_id == identity
    assert report.params["hardening"]["after"] == {"a": 2}
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


def test_waiting_ends_with_the_job_or_with_the_time(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    assert api.get(f"/v1/audits/{identity}", params={"wait": 0.2}).json()["status"] == "queued"
    later = threading.Timer(0.3, lambda: api.post(f"/v1/audits/{identity}/cancel"))
    later.start()
    try:
        assert ended(api, f"audits/{identity}")["status"] == "cancelled"
    finally:
        later.join()  # the cancel's own answer may still be on its way: nobody may close the client before it is read
