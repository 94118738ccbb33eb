"""Uploads: streamed, hashed, capped, the same twice, refused with reasons."""

import hashlib
import http.client
import json
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from openapi.problems import problem
from openapi.wire.blobs import BlobStore
from openapi.wire.settings import Settings
from tests.service.conftest import World, upload, upload_ready
from tests.service.test_problems import is_problem
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
    found = api.get(f"/v1/models/{made['id']}", params={"wait": 10}).json()
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
    found = api.get(f"/v1/datasets/{identity}", params={"wait": 10}).json()
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
    found = api.get(f"/v1/models/{identity}", params={"wait": 10}).json()
    assert (found["status"], found["problem"]["type"].rpartition("/")[2]) == ("rejected", "model-unsafe")
    again = api.post("/v1/models", files={"file": ("some.bin", b"bad")})
    assert (again.status_code, again.json()["status"]) == (200, "rejected")
    assert worker.is_empty()
    other = upload(api, "models", b"unlucky")
    worker.fail(worker.take(), problem("worker-lost", "gone"))
    assert api.get(f"/v1/models/{other}", params={"wait": 10}).json()["status"] == "rejected"
    until(lambda: cancelled(settings, other))
    again = api.post("/v1/models", files={"file": ("some.bin", b"unlucky")})
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (200, other, "inspecting")
    shard = worker.take()
    assert not cancelled(settings, other), "the end of the first inspection is no order to stop the second"
    worker.do(shard)
    assert api.get(f"/v1/models/{other}", params={"wait": 10}).json()["status"] == "ready"


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


def test_a_refused_upload_leaves_no_blob(world: World) -> None:
    store = BlobStore.from_settings(world.settings)
    refused = {
        b"with wrong metadata": part("metadata", b'{"nme": 1}'),
        b"with another part": part("extra", b""),
        b"sent twice": part("file", b"again", "b"),
        b"cut off": b"--B\r\nContent",
    }
    for data, rest in refused.items():
        assert multipart(world, part("file", data, "a") + rest + b"--B--\r\n").status_code in (400, 422)
        assert not store.exists(hashlib.sha256(data).hexdigest()), data
    kept = upload(world.api, "models", b"kept", {"name": "kept"})
    assert multipart(world, part("file", b"kept", "a") + part("metadata", b"[]") + b"--B--\r\n").status_code == 422
    assert world.api.get(f"/v1/models/{kept}/content").content == b"kept"


def multipart(world: World, body: bytes, kind: str = "multipart/form-data; boundary=B") -> httpx.Response:
    return world.api.post("/v1/models", content=body, headers={"Content-Type": kind})


def part(name: str, data: bytes, filename: str | None = None) -> bytes:
    extra = f'; filename="{filename}"' if filename else ""
    return f'--B\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + data + b"\r\n"


def test_a_multipart_body_without_a_file_or_with_too_much(world: World) -> None:
    missing = is_problem(multipart(world, part("metadata", b"{}") + b"--B--\r\n"), 422, "validation")
    assert "`file`" in str(missing["detail"])
    twice = multipart(world, part("file", b"a", "a") + part("file", b"b", "b") + b"--B--\r\n")
    assert "twice" in str(is_problem(twice, 422, "validation")["detail"])
    odd = multipart(world, part("file", b"a", "a") + part("extra", b"b") + b"--B--\r\n")
    assert is_problem(odd, 422, "validation")["errors"] == [
        {"pointer": "/extra", "detail": "there is no such part; send `file` and `metadata`"}
    ]
    empty = multipart(world, part("file", b"", "a") + b"--B--\r\n")
    assert "empty" in str(is_problem(empty, 422, "validation")["detail"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (part("file", b"cut off", "a")[:-4], "multipart/form-data; boundary=B"),
        (b"no parts at all", "multipart/form-data; boundary=B"),
        (b"", "multipart/form-data; boundary=B"),
        (part("file", b"x", "a") + b"--B--\r\n", "multipart/form-data"),
        (b"--B\r\nno header\r\n\r\nx\r\n--B--\r\n", "multipart/form-data; boundary=B"),
    ],
)
def test_a_damaged_multipart_body_is_400(world: World, body: bytes, kind: str) -> None:
    is_problem(multipart(world, body, kind), 400, "malformed-request")


def test_a_file_above_the_cap_is_413_announced_or_not(world: World) -> None:
    large = b"x" * (world.settings.max_model_bytes + 1)
    is_problem(world.api.post("/v1/models", files={"file": ("large", large)}), 413, "too-large")
    # Without a length the service only finds out while it reads.
    whole = part("file", large, "large") + b"--B--\r\n"
    chunks = (whole[i : i + 65536] for i in range(0, len(whole), 65536))
    answer = world.api.post(
        "/v1/models", content=chunks, headers={"Content-Type": "multipart/form-data; boundary=B"}, timeout=60
    )
    is_problem(answer, 413, "too-large")
    assert list((world.settings.data_dir / "blobs" / "spool").iterdir()) == [], "nothing is left behind"
    exact = world.api.post("/v1/models", files={"file": ("exact", large[:-1])})
    assert exact.status_code == 201


def test_a_text_field_above_the_cap_is_413(world: World) -> None:
    metadata = json.dumps({"name": "x", "tags": {"t": "y" * world.settings.max_body_bytes}})
    answer = world.api.post("/v1/models", files={"metadata": (None, metadata), "file": ("f", b"x")})
    is_problem(answer, 413, "too-large")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\boot.ini", "/abs/olute", "a\x00b", "", "x" * 500])
def test_a_file_name_is_never_a_path(world: World, name: str) -> None:
    body = part("file", f"named {name!r}".encode(), name.replace("\x00", "\x01") or " ") + b"--B--\r\n"
    answer = multipart(world, body)
    assert answer.status_code == 201, answer.text
    shown = answer.json()["name"]
    assert "/" not in shown
    assert "\\" not in shown
    assert 0 < len(shown) <= 200
    assert world.api.get(f"/v1/models/{answer.json()['id']}/content").status_code == 200


def test_memory_stays_flat_while_a_large_file_arrives(broker: Any, tmp_path: Path) -> None:
    """Peak memory grows by far less than the file: 16 MB are sent, 6 MB may be used."""
    import tracemalloc

    from service.app import create_app
    from tests.service.conftest import Served, make_settings

    size = 16 * 2**20
    settings = make_settings(broker, tmp_path, max_model_bytes=size)
    block = b"0123456789abcdef" * 4096

    def body() -> Any:
        yield part("file", b"", "large")[:-2]
        for _ in range(size // len(block)):
            yield block
        yield b"\r\n--B--\r\n"

    with Served(create_app(settings)) as url:
        httpx.get(f"{url}/health/live")
        tracemalloc.start()
        answer = httpx.post(
            f"{url}/v1/models", content=body(), headers={"Content-Type": "multipart/form-data; boundary=B"}, timeout=120
        )
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert answer.status_code == 201
    assert answer.json()["size"] == size
    assert peak < 6 * 2**20
    assert BlobStore.from_settings(settings).exists(answer.json()["sha256"])


def test_a_client_that_goes_away_in_mid_upload_leaves_nothing(world: World) -> None:
    url = httpx.URL(str(world.api.base_url))
    connection = http.client.HTTPConnection(str(url.host), url.port)
    connection.putrequest("POST", "/v1/models")
    connection.putheader("Content-Type", "multipart/form-data; boundary=B")
    connection.putheader("Content-Length", "2000000")
    connection.endheaders()
    connection.send(part("file", b"y" * 1_500_000, "gone"))
    connection.close()
    spool = world.settings.data_dir / "blobs" / "spool"
    end = time.monotonic() + 10
    while list(spool.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    assert list(spool.iterdir()) == []
    assert world.api.get("/health/live").status_code == 200


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
