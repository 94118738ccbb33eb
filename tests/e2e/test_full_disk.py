"""A disk that is full: uploads are refused with the reason, work waits for room, and nothing half-written stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.embedded import EmbeddedService
from service.embedded.pulse import answers
from tests.disks import SmallDisk, small_disk
from tests.e2e.client import Client, Json, assert_same, numbers
from tests.e2e.conftest import IMPATIENT
from tests.e2e.test_killed_processes import in_the_middle, processes
from tests.engine.test_serve import eventually

N = 40


@pytest.fixture
def body() -> Json:
    return {
        "attacks": [{"name": "pgd", "eps": 0.002, "steps": 60}],
        "neurons": None,
        "execution": {"shards": 3, "batch_size": 16},
    }


def refused(answer: httpx.Response) -> str:
    """The detail of a refusal for want of room."""
    assert answer.status_code == 507, answer.text
    problem = answer.json()
    assert problem["type"] == "https://tremor.dev/problems/insufficient-storage"
    return str(problem["detail"])


def upload(client: Client, data: bytes) -> httpx.Response:
    return client.http.post("/models", files={"file": ("other.onnx", data)})


def readiness(client: Client) -> Json:
    found: Json = client.http.get(str(client.http.base_url).removesuffix("/v1/") + "/health/ready").json()
    return found


def is_full(client: Client, disk: SmallDisk) -> bool:
    """Whether readiness finds that neither database nor blobs can be written; jobs that end give back some room."""
    disk.fill()
    checks = readiness(client)["checks"]
    return bool(checks["database"]["status"] == checks["blobs"]["status"] == "failed")


def spooled(disk: SmallDisk) -> list[Path]:
    return [path for path in disk.outside.rglob("upload-*") if path.is_file()]


def becomes(read: Callable[[], Any], what: str) -> None:
    eventually(lambda: bool(read()), what)


@pytest.mark.embedded
def test_work_waits_for_room(tmp_path: Path, client: Client, body: Json) -> None:
    ids = {"model_id": client.model(), "dataset_id": client.dataset(N)}
    undisturbed = numbers(client.report(client.start({**body, **ids})))
    with small_disk(tmp_path / "disk", 64) as disk:
        service = EmbeddedService(disk.path / "data", env=IMPATIENT, prefix=disk.enter)
        with service, Client(service.url) as mine:
            ids = {"model_id": mine.model(), "dataset_id": mine.dataset(N)}
            assert readiness(mine)["status"] == "ready"

            # Full to the last byte in the middle of the work: the database refuses too, and reading goes on.
            audit = mine.start({**body, **ids})
            in_the_middle(service, mine, audit)
            disk.fill()
            refused(upload(mine, bytes(1_000)))
            becomes(lambda: mine.http.post("/audits", json={**body, **ids}).status_code == 507, "the database is full")
            assert mine.http.get("/models").status_code == 200
            becomes(lambda: is_full(mine, disk), "readiness says so")
            assert spooled(disk) == []
            # An API that begins on a full disk answers all the same.
            api = processes(service, "service.cli.main api")[0]
            api.kill()
            api.wait(60)
            disk.fill()  # the database's journal may have given back some
            becomes(lambda: answers(f"{service.url}/health/live"), "the API is started again")
            refused(upload(mine, bytes(1_000)))
            becomes(lambda: all(w["shard_id"] is None for w in readiness(mine)["workers"]), "the shard has ended")

            # Nearly full: below the reserve nothing is taken in, and shards wait.
            disk.empty()
            disk.fill(leave=2**20)
            assert "TREMOR_MIN_FREE_BYTES" in refused(upload(mine, bytes(500_000)))
            assert "bytes are free" in readiness(mine)["checks"]["disk"]["detail"]
            becomes(lambda: "bytes are free" in str(readiness(mine)["checks"]["worker"]), "the worker says so too")
            waiting = mine.wait(f"/audits/{audit}", lambda b: b["waiting_for"])
            assert waiting["waiting_for"]["type"].endswith("/insufficient-storage")
            assert waiting["status"] == "running"

            disk.empty()
            report = numbers(mine.report(audit))
            assert mine.http.get(f"/audits/{audit}").json()["waiting_for"] is None
            assert readiness(mine)["status"] == "ready"
            assert upload(mine, bytes(1_000)).status_code == 201
        for part in ("model", "dataset"):
            report[part] = {**report[part], "id": undisturbed[part]["id"]}
        assert_same(report, undisturbed)
