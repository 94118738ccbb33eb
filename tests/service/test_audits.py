"""The main job through HTTP, with the workers' answers written by hand: what follows what."""

import httpx
import redis

from openapi.problems import problem
from openapi.wire.jobs import Shard, ShardResult
from openapi.wire.settings import Settings
from tests.service.conftest import audit, ended, find, ready, upload, upload_ready
from tests.service.worker import HEADLINE, ProtocolWorker, cancelled, until


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
    done = api.get(f"/v1/audits/{audit['id']}", params={"wait": 60}).json()
    assert (done["status"], done["verdict"]) == ("succeeded", "pass")
    assert api.get(f"/v1/audits/{audit['id']}/report").json()["id"] == audit["id"]
    page = api.get(f"/v1/audits/{audit['id']}/report", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]


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
    dataset = upload_ready(api, worker, "datasets", b"d", shape=[3, 9, 8])
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
    result = worker.blobs.get_result(before.result_key)
    assert result is not None
    samples = result.files["samples"].blob
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


def test_audits_are_found_by_their_model(api: httpx.Client, worker: ProtocolWorker) -> None:
    tags = {"ResNet 50%": {"team": "vision"}, "resnet-18": {"team": "speech"}, "vgg": {}}
    models = {name: upload(api, "models", name.encode(), {"name": name, "tags": tags[name]}) for name in tags}
    for _ in models:
        worker.do(worker.take())
    dataset = upload_ready(api, worker, "datasets", b"data set")
    resnet50, resnet18, vgg = (audit(api, model, dataset) for model in models.values())
    assert find(api, model="resnet") == [resnet18, resnet50]
    assert find(api, model="50%") == [resnet50]  # a sign that the database would take for any text
    assert find(api, model="_") == []
    assert find(api, model=models["vgg"]) == [vgg]
    assert find(api, tag="team:vision") == [resnet50]
    assert find(api, tag="team:vision", model="18") == []
    assert find(api, tag="team:") == []
    for query, name in (({"tag": "team"}, "tag"), ({"model": ""}, "model")):
        answer = api.get("/v1/audits", params=query)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, name)


def test_an_audit_says_its_models_name_and_its_report_in_one_line(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset)
    created = api.get(f"/v1/audits/{identity}").json()
    assert created["model_name"] == api.get(f"/v1/models/{model}").json()["name"]
    assert created["headline"] is None
    shard = worker.take()
    while shard.stage != "report":
        worker.do(shard)
        shard = worker.take()
    worker.do(shard)
    told = ended(api, f"audits/{identity}")
    assert told["headline"] == HEADLINE.model_dump()
    assert api.get("/v1/audits").json()["items"][0] == told
    assert api.delete(f"/v1/models/{model}").status_code == 204
    assert api.get(f"/v1/audits/{identity}").json()["model_name"] is None


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
