"""Models and data sets: what is uploaded, what becomes of it, and how it is found and deleted."""

import hashlib
import json
import threading
from typing import Any

import httpx
import pytest

from openapi.problems import problem
from openapi.wire.blobs import BlobStore
from openapi.wire.settings import Settings
from tests.service.conftest import World, upload, upload_ready
from tests.service.problems import is_problem
from tests.service.worker import ProtocolWorker, cancelled, until


def test_a_new_model_is_inspecting_until_a_worker_has_looked(api: httpx.Client, worker: ProtocolWorker) -> None:
    metadata = {"name": "net", "format": "onnx", "input": {"mean": [0.5], "std": [0.25]}, "tags": {"team": "x"}}
    answer = api.post("/v1/models", files={"file": ("n.onnx", b"net"), "metadata": (None, json.dumps(metadata))})
    assert answer.status_code == 201
    made = answer.json()
    assert made["id"].startswith("mdl_")
    assert answer.headers["location"] == f"/v1/models/{made['id']}"
    assert made["sha256"] == hashlib.sha256(b"net").hexdigest()
    assert (made["size"], made["name"], made["format"], made["status"]) == (3, "net", "onnx", "inspecting")
    assert made["created_at"].endswith("Z")
    shard = worker.take()
    assert shard.stage == "inspect_model"
    assert shard.inputs["file"].sha256 == made["sha256"]
    assert shard.params["filename"] == "n.onnx"
    assert shard.params["input"]["mean"] == [0.5]
    worker.do(shard)
    found = api.get(f"/v1/models/{made['id']}", params={"wait": 60}).json()
    assert found["status"] == "ready"
    assert (found["num_classes"], found["num_parameters"], found["trainable"]) == (3, 123, True)
    assert [(layer["name"], layer["neurons"]) for layer in found["layers"]] == [("conv1", 4), ("fc", 3)]
    assert found["input"]["shape"] == [1, 8, 8]


def test_a_data_set_tells_what_was_found(api: httpx.Client, worker: ProtocolWorker) -> None:
    metadata = {"name": "set", "layout": "NHWC", "split": "test", "labels": ["a", "b", "c"]}
    identity = upload(api, "datasets", b"data", metadata)
    shard = worker.take()
    assert shard.stage == "inspect_dataset"
    assert shard.params["metadata"]["layout"] == "NHWC"
    worker.do(shard)
    found = api.get(f"/v1/datasets/{identity}", params={"wait": 60}).json()
    assert (found["num_samples"], found["shape"], found["num_classes"]) == (10, [1, 8, 8], 3)
    assert (found["split"], found["labels"]) == ("test", ["a", "b", "c"])


def test_the_same_bytes_and_metadata_are_the_same_model(api: httpx.Client, worker: ProtocolWorker) -> None:
    first = upload(api, "models", b"twice", {"name": "a"})
    again = api.post("/v1/models", files={"file": ("other.onnx", b"twice"), "metadata": (None, '{ "name":"a" }')})
    assert (again.status_code, again.json()["id"]) == (200, first)
    assert upload(api, "models", b"twice", {"name": "b"}) != first
    assert upload(api, "models", b"twice!", {"name": "a"}) != first
    assert worker.take().job_id == first
    worker.take(), worker.take()
    assert worker.is_empty()


@pytest.mark.parametrize("kind", ["models", "datasets"])
def test_bytes_are_found_by_their_hash(kind: str, api: httpx.Client) -> None:
    wanted = upload(api, kind, b"one", {"name": "a"})
    other = upload(api, kind, b"one", {"name": "b"})
    upload(api, kind, b"two", {"name": "a"})
    found = api.get(f"/v1/{kind}", params={"sha256": hashlib.sha256(b"one").hexdigest()}).json()["items"]
    assert [(item["id"], item["metadata"]["name"]) for item in found] == [(other, "b"), (wanted, "a")]
    assert api.get(f"/v1/{kind}", params={"sha256": "0" * 64}).json()["items"] == []
    is_problem(api.get(f"/v1/{kind}", params={"sha256": "ABC"}), 422, "validation")


def test_a_rejected_model_stays_rejected_but_a_lost_worker_is_no_verdict(
    api: httpx.Client, worker: ProtocolWorker, settings: Settings
) -> None:
    identity = upload(api, "models", b"bad")
    worker.fail(worker.take(), problem("model-unsafe", "it reads files"))
    found = api.get(f"/v1/models/{identity}", params={"wait": 60}).json()
    assert (found["status"], found["problem"]["type"].rpartition("/")[2]) == ("rejected", "model-unsafe")
    again = api.post("/v1/models", files={"file": ("some.bin", b"bad")})
    assert (again.status_code, again.json()["status"]) == (200, "rejected")
    assert worker.is_empty()
    other = upload(api, "models", b"unlucky")
    worker.fail(worker.take(), problem("worker-lost", "gone"))
    assert api.get(f"/v1/models/{other}", params={"wait": 60}).json()["status"] == "rejected"
    until(lambda: cancelled(settings, other))
    again = api.post("/v1/models", files={"file": ("some.bin", b"unlucky")})
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (200, other, "inspecting")
    shard = worker.take()
    assert not cancelled(settings, other), "the end of the first inspection is no order to stop the second"
    worker.do(shard)
    assert api.get(f"/v1/models/{other}", params={"wait": 60}).json()["status"] == "ready"


def test_metadata_may_come_after_the_file_or_not_at_all(world: World) -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="file"; filename="late.pt"\r\n\r\nlate\r\n'
        b'--B\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"name": "late"}\r\n--B--\r\n'
    )
    answer = world.api.post("/v1/models", content=body, headers={"Content-Type": "multipart/form-data; boundary=B"})
    assert (answer.status_code, answer.json()["name"]) == (201, "late")
    bare = world.api.post("/v1/models", files={"file": ("bare.onnx", b"bare")})
    assert (bare.status_code, bare.json()["name"]) == (201, "bare.onnx")


@pytest.mark.parametrize(
    ("metadata", "pointer"),
    [
        ("{", "/metadata"),
        ("[]", "/metadata"),
        ('{"nme": "x"}', "/metadata/nme"),
        ('{"format": "tflite"}', "/metadata/format"),
        ('{"input": {"layout": "HWC"}}', "/metadata/input/layout"),
        ('{"input": {"range": [1, 0]}}', "/metadata/input"),
        ('{"input": {"std": [0]}}', "/metadata/input/std/0"),
        ('{"labels": [1, 2]}', "/metadata/labels/0"),
        ('{"name": ""}', "/metadata/name"),
    ],
)
def test_wrong_metadata_names_the_field(world: World, metadata: str, pointer: str) -> None:
    answer = world.api.post("/v1/models", files={"file": ("m", b"x"), "metadata": (None, metadata)})
    body = is_problem(answer, 422, "validation")
    errors: Any = body["errors"]
    assert pointer in [error["pointer"] for error in errors]


def test_the_same_file_uploaded_by_many_at_once_is_one_model(world: World) -> None:
    answers: list[httpx.Response] = []

    def send() -> None:
        url = f"{world.api.base_url}/v1/models"
        answers.append(httpx.post(url, files={"file": ("same", b"same for all")}, timeout=60))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.status_code for a in answers) == [200] * 5 + [201]
    assert len({a.json()["id"] for a in answers}) == 1


def test_deleting(api: httpx.Client, worker: ProtocolWorker, settings: Settings) -> None:
    store = BlobStore.from_settings(settings)
    model = upload_ready(api, worker, "models", b"one")
    twin = upload(api, "models", b"one", {"name": "the same bytes"})
    worker.take()
    sha = hashlib.sha256(b"one").hexdigest()
    assert api.delete(f"/v1/models/{model}").status_code == 204
    assert api.get(f"/v1/models/{model}").status_code == 404
    assert store.exists(sha), "another model holds the same bytes"
    assert api.delete(f"/v1/models/{twin}").status_code == 204
    assert not store.exists(sha)
    is_problem(api.delete(f"/v1/models/{model}"), 404, "not-found")


def test_deleting_what_a_job_uses_is_409(api: httpx.Client, worker: ProtocolWorker) -> None:
    model = upload_ready(api, worker, "models", b"m")
    dataset = upload_ready(api, worker, "datasets", b"d")
    audit = api.post("/v1/audits", json={"model_id": model, "dataset_id": dataset}).json()["id"]
    for path in (f"/v1/models/{model}", f"/v1/datasets/{dataset}"):
        body = is_problem(api.delete(path), 409, "conflict")
        assert audit in str(body["detail"])
    api.post(f"/v1/audits/{audit}/cancel")
    assert api.delete(f"/v1/models/{model}").status_code == 204
    assert api.delete(f"/v1/datasets/{dataset}").status_code == 204


def test_lists_are_pages_from_the_newest(api: httpx.Client, worker: ProtocolWorker) -> None:
    made = [upload(api, "models", f"model {i}".encode()) for i in range(5)]
    first = api.get("/v1/models", params={"limit": 2}).json()
    second = api.get("/v1/models", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    third = api.get("/v1/models", params={"limit": 2, "cursor": second["next_cursor"]}).json()
    assert [m["id"] for page in (first, second, third) for m in page["items"]] == made[::-1]
    assert third["next_cursor"] is None
    assert api.get("/v1/datasets").json() == {"items": [], "next_cursor": None}
