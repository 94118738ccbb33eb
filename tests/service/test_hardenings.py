"""Hardenings through HTTP, alone and as a part of an audit, with the workers' answers written by hand."""

import io
import zipfile
from typing import Any

import httpx
import pytest

from openapi.hardening_methods import METHODS, HardeningMethod
from openapi.problems import problem
from openapi.wire.jobs import Shard
from tests.service.conftest import audit, ended, ready, upload_ready
from tests.service.report import COMPARISON
from tests.service.worker import ProtocolWorker, until


def harden(worker: ProtocolWorker, **value: Any) -> Shard:
    shard = worker.take()
    assert shard.stage == "harden"
    worker.do(shard, **value)
    return shard


def audit_with_hardening(api: httpx.Client, worker: ProtocolWorker) -> tuple[str, str]:
    model, dataset = ready(api, worker)
    train = upload_ready(api, worker, "datasets", b"train")
    identity = audit(api, model, dataset, harden={"train_dataset_id": train, "epochs": 1}, keep_examples=True)
    return identity, str(api.get(f"/v1/audits/{identity}").json()["hardening_id"])


def test_the_report_of_a_hardening_is_given_what_was_trained_on_and_what_was_evaluated(
    api: httpx.Client, worker: ProtocolWorker
) -> None:
    """In a hardening of its own, and in that of an audit, whose own report takes what that one found."""
    model, dataset = ready(api, worker)
    train = upload_ready(api, worker, "datasets", b"another")
    audit(api, model, dataset, harden={"train_dataset_id": train, "epochs": 1})
    body = {"model_id": model, "train_dataset_id": train, "eval_dataset_id": dataset, "epochs": 1}
    assert api.post("/v1/hardenings", json=body).status_code == 202
    given: dict[str, list[bool]] = {"aud": [], "hrd": []}
    training = set()
    while sum(map(len, given.values())) < 3:
        shard = worker.take()
        if shard.stage == "harden":
            training.add(shard.inputs["x"])
        if shard.stage == "report":
            given[shard.job_id[:3]].append("trained" in shard.inputs)
            if "trained" in shard.inputs:
                assert {shard.inputs["trained"]} == training
                assert shard.inputs["evaluated"] not in training
        worker.do(shard)
    assert given == {"aud": [False], "hrd": [True, True]}


def test_a_training_does_not_go_ahead_of_what_earlier_jobs_have_yet_to_do(
    api: httpx.Client, worker: ProtocolWorker
) -> None:
    """One worker, three hardenings: each is evaluated and reported before the next one trains, maybe for hours."""
    model, dataset = ready(api, worker)
    train = upload_ready(api, worker, "datasets", b"train")
    body = {"model_id": model, "train_dataset_id": train, "eval_dataset_id": dataset}
    asked = [api.post("/v1/hardenings", json=body | {"epochs": epochs}).json()["id"] for epochs in (1, 2, 200)]
    came: list[str] = []
    while any(api.get(f"/v1/hardenings/{identity}").json()["finished_at"] is None for identity in asked):
        for shard in worker.waiting(0.2):
            if not came or came[-1] != shard.job_id:
                came.append(shard.job_id)
            worker.do(shard)
    assert came == asked


BEST = {"epoch": 1, "clean_accuracy": 0.75, "robust_accuracy": 0.25, "judged_on": "monitored"}
UNDERWAY = {
    "epoch": 2, "epochs": 9, "loss": 1.5, "l_adv": 1.25, "l_sns": 5.0, "clean_accuracy": 0.75, "robust_accuracy": 0.25,
    "validation_clean": None, "validation_robust": None,
    "best": BEST,
    "method": "sns",
}  # fmt: skip


def begun(api: httpx.Client, worker: ProtocolWorker, **body: Any) -> tuple[dict[str, Any], Shard]:
    """The answer to a hardening that was asked for, and the shard that trains."""
    model, dataset = ready(api, worker)
    answer = api.post("/v1/hardenings", json={"model_id": model, "train_dataset_id": dataset, **body})
    assert answer.status_code == 202, answer.text
    return answer.json(), worker.take()


def test_a_training_tells_how_it_goes(api: httpx.Client, worker: ProtocolWorker) -> None:
    asked, shard = begun(api, worker, epochs=9)
    path = f"/v1/hardenings/{asked['id']}"
    assert (asked["training"], asked["so_far"]) == (None, None)
    worker.tell(shard, "progress", done=2, total=9, unit="batches", phase="harden", told=UNDERWAY)
    until(lambda: api.get(path).json()["training"] == UNDERWAY)
    assert api.get(path).json()["progress"] == {"done": 2, "total": 9, "unit": "batches"}
    worker.tell(shard, "progress", done=3, total=9, unit="batches", phase="harden", told={"of": "another version"})
    until(lambda: api.get(path).json()["progress"]["done"] == 3)
    assert api.get(path).json()["training"] is None
    worker.do(shard)
    done = ended(api, f"hardenings/{asked['id']}")
    assert (done["status"], done["training"], done["so_far"]) == ("succeeded", None, None)


def test_two_trainings_that_are_compared_are_one_progress(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    body = {"model_id": model, "train_dataset_id": dataset, "eval_dataset_id": dataset, "epochs": 3, "compare": True}
    path = f"/v1/hardenings/{api.post('/v1/hardenings', json=body).json()['id']}"
    shard = worker.take()

    def progress() -> dict[str, Any]:
        found: dict[str, Any] = api.get(path).json()["progress"]
        return found

    until(lambda: progress() is not None)
    whole = progress()["total"]
    worker.tell(shard, "progress", done=3, total=9.5, unit="batches", phase="harden", told=UNDERWAY)
    until(lambda: progress()["done"] == pytest.approx(whole / 2 * 3 / 9.5, abs=0.01))
    worker.do(shard)
    until(lambda: progress()["done"] == whole / 2)
    rival = worker.take()
    worker.tell(rival, "progress", done=0, total=9.5, unit="batches", phase="try export", told=UNDERWAY)
    worker.tell(rival, "progress", done=1.9, total=9.5, unit="batches", phase="harden", told=UNDERWAY)
    until(lambda: progress()["done"] == pytest.approx(whole * 0.6, abs=0.01))
    assert (progress()["total"], progress()["unit"]) == (whole, "images")


def test_a_cancelled_training_leaves_its_best_weights(api: httpx.Client, worker: ProtocolWorker) -> None:
    asked, shard = begun(api, worker, epochs=9)
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/hardenings/{asked['id']}").json()["status"] == "running")
    assert api.post(f"/v1/hardenings/{asked['id']}/cancel").json()["status"] == "cancelling"
    best = worker.file("best-so-far.safetensors", "checkpoint", "safetensors", b"the best")
    worker.tell(shard, "cancelled", told=UNDERWAY, files={"safetensors": best.model_dump()})
    done = ended(api, f"hardenings/{asked['id']}")
    (artifact,) = api.get(f"/v1/hardenings/{asked['id']}/artifacts").json()["items"]
    assert (done["status"], done["metrics"]) == ("cancelled", None)
    assert done["so_far"] == {**BEST, "href": artifact["href"]}
    assert api.get(f"{artifact['href']}").content == b"the best"


def test_a_failed_training_leaves_its_best_weights_and_its_log(api: httpx.Client, worker: ProtocolWorker) -> None:
    asked, shard = begun(api, worker, epochs=9)
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/hardenings/{asked['id']}").json()["status"] == "running")
    left = {
        "safetensors": worker.file("best-so-far.safetensors", "checkpoint", "safetensors", b"the best").model_dump(),
        "jsonl": worker.file("log-so-far.jsonl", "log", "jsonl", b"{}\n").model_dump(),
    }
    found = problem("job-failed", "it went back 3 times").model_dump()
    worker.tell(shard, "failed", problem=found, told=UNDERWAY, files=left)
    done = ended(api, f"hardenings/{asked['id']}")
    artifacts = {a["name"]: a["href"] for a in api.get(f"/v1/hardenings/{asked['id']}/artifacts").json()["items"]}
    assert (done["status"], done["metrics"], done["problem"]["detail"]) == ("failed", None, "it went back 3 times")
    assert done["so_far"] == {**BEST, "href": artifacts["best-so-far.safetensors"]}
    assert api.get(artifacts["log-so-far.jsonl"]).content == b"{}\n"


def test_one_that_is_cancelled_before_its_first_epoch_leaves_nothing(api: httpx.Client, worker: ProtocolWorker) -> None:
    asked, shard = begun(api, worker)
    worker.tell(shard, "started")
    until(lambda: api.get(f"/v1/hardenings/{asked['id']}").json()["status"] == "running")
    api.post(f"/v1/hardenings/{asked['id']}/cancel")
    worker.tell(shard, "cancelled", told={**UNDERWAY, "best": None})
    assert ended(api, f"hardenings/{asked['id']}")["so_far"] is None
    assert api.get(f"/v1/hardenings/{asked['id']}/artifacts").json()["items"] == []


def test_the_answer_estimates_the_time(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = upload_ready(api, worker, "models", b"measured", cost_ms_per_image=2.0)
    unmeasured = upload_ready(api, worker, "models", b"not measured")
    dataset = upload_ready(api, worker, "datasets", b"train", num_samples=100)

    def estimate(model: str, **body: Any) -> dict[str, Any]:
        answer = api.post("/v1/hardenings", json={"model_id": model, "train_dataset_id": dataset, **body})
        assert answer.status_code == 202, answer.text
        found: dict[str, Any] = answer.json()["estimate"]
        return found

    # 3 epochs of 100 images, 4 steps + 2.5 each; 4 judgements of 100 images in 10 steps; 50 images of 4 steps for Omega
    assert estimate(model, epochs=3, steps=4, pairs=50)["seconds"] == pytest.approx(
        0.002 * (3 * 100 * 6.5 + 4 * 100 * 10 + 50 * 4), abs=0.1
    )
    assert estimate(model, budget={"seconds": 90})["seconds"] == 90
    assert estimate(unmeasured) == {"seconds": None, "reason": "the inspection measured no speed of this model"}
    waiting = api.post("/v1/models", files={"file": ("net.onnx", b"uninspected")}).json()["id"]
    assert estimate(waiting) == {"seconds": None, "reason": "the model is not inspected yet"}


def test_a_hardened_model_is_hardened_further(api: httpx.Client, worker: ProtocolWorker) -> None:
    asked, shard = begun(api, worker)
    worker.do(shard)
    first = ended(api, f"hardenings/{asked['id']}")["model_id_hardened"]
    body = {"model_id": first, "train_dataset_id": asked["train_dataset_id"], "method": "pat"}
    again = api.post("/v1/hardenings", json=body).json()["id"]
    shard = worker.take()
    assert shard.params["parent"]["id"] == first
    assert shard.inputs["model"].sha256 == api.get(f"/v1/models/{first}").json()["sha256"]
    worker.do(shard)
    second = api.get(f"/v1/models/{ended(api, f'hardenings/{again}')['model_id_hardened']}").json()
    chain = [second["parent_id"], api.get(f"/v1/models/{first}").json()["parent_id"]]
    assert chain == [first, asked["model_id"]]


def check_package(api: httpx.Client, identity: str) -> None:
    """All that a hardening left, in one zip."""
    packed = api.get(f"/v1/hardenings/{identity}/package.zip")
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.testzip() is None
        assert archive.read("hardened.onnx") == f"onnx {identity}".encode()
        assert {"manifest.json", "report.json", "hardened.safetensors"} <= set(archive.namelist())
    assert api.get(f"/v1/hardenings/{identity}/package.zip").content == packed.content, "equal files are equal zips"
    assert api.head(f"/v1/hardenings/{identity}/package.zip").content == b""


def test_a_hardening_from_training_to_a_new_model(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    train = upload_ready(api, worker, "datasets", b"train", num_samples=50)
    answer = api.post(
        "/v1/hardenings",
        json={"model_id": model, "train_dataset_id": train, "eval_dataset_id": dataset, "method": "sns", "lambda": 2}
        | {"eps": "8/255", "epochs": 3, "layers": ["conv1"], "eval_max_samples": 4, "name": "tough"},
    )
    assert answer.status_code == 202, answer.text
    identity = answer.json()["id"]
    assert answer.json()["request"]["lambda"] == 2
    assert [a["id"] for a in answer.json()["request"]["attacks"]] == ["fgsm-linf-0.0314", "pgd-linf-0.0314-20"]
    assert api.get(f"/v1/hardenings/{identity}/package.zip").status_code == 409
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
    merged = {"samples.0.0", "samples.1.0", "after.samples.0.0", "after.samples.1.0"}
    assert merged | {"trained", "evaluated"} == set(report.inputs)
    assert report.params["training"]["uploaded_format"] == "onnx"
    assert {a["kind"] for a in report.params["artifacts"]} == {"checkpoint", "manifest"}
    worker.do(report, verdict="pass")
    done = ended(api, f"hardenings/{identity}")
    assert (done["status"], done["verdict"], done["metrics"]) == ("succeeded", "pass", COMPARISON)
    new = api.get(f"/v1/models/{done['model_id_hardened']}").json()
    assert (new["status"], new["parent_id"], new["hardening_id"], new["name"]) == ("ready", model, identity, "tough")
    assert (new["sha256"], new["num_classes"]) == (hardened, 3)
    items = api.get(f"/v1/hardenings/{identity}/artifacts").json()["items"]
    assert sorted(i["format"] for i in items if i["kind"] == "checkpoint") == ["onnx", "safetensors", "torchscript"]
    assert api.get(f"/v1/models/{new['id']}/content").content == f"onnx {identity}".encode()
    check_package(api, identity)
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
    for name in ("report", "evidence", "samples"):
        answer = api.get(f"/v1/hardenings/{identity}/{name}")
        assert (answer.status_code, "nothing was held out" in answer.json()["detail"]) == (404, True), answer.text


def test_a_new_method_is_in_the_catalog_and_reaches_the_worker(
    api: httpx.Client, worker: ProtocolWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, dataset = ready(api, worker)
    body = {"model_id": model, "train_dataset_id": dataset, "method": "noise"}
    refused = api.post("/v1/hardenings", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/method")
    known = api.get("/v1/hardening-methods").json()["items"]
    assert [method["name"] for method in known] == list(METHODS)
    assert {method["name"]: method["regulariser"] for method in known}["trades"] == 6
    assert all(method["definition"] for method in known)
    monkeypatch.setitem(METHODS, "noise", HardeningMethod(name="noise", definition="made up", regulariser=None))
    assert api.get("/v1/hardening-methods").json()["items"][-1]["name"] == "noise"
    assert api.post("/v1/hardenings", json=body).status_code == 202
    assert worker.take().params["harden"]["method"] == "noise"
