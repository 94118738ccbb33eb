"""Readiness: what it stands on is really written, a store that is frozen costs two seconds, and reasons are given."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from typing import Any

import boto3
import httpx
import psutil
import pytest
from sqlalchemy.engine import make_url

from openapi.wire.queue import QueueClient, WorkerInfo
from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from service.health.probes import DEADLINE_SECONDS
from tests.disks import read_only
from tests.service.conftest import empty_postgres, flush, make_settings, running, upload
from tests.service.worker import until


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """An S3 server in a process of its own, and the settings that name it."""
    log = tmp_path / "moto.log"
    with log.open("wb") as output:
        program = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        server = subprocess.Popen(program, stdout=output, stderr=output)
    try:
        line = until(lambda: next((s for s in log.read_text().splitlines() if "Running on http" in s), None), 60)
        url = line.rpartition(" ")[2]
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
        client = boto3.client("s3", endpoint_url=url, **keys)
        client.create_bucket(Bucket="tremor")
        client.close()
        yield (
            server,
            {
                "blob_url": "s3://tremor/some/prefix",
                "s3_endpoint": url,
                "s3_access_key_id": "key",
                "s3_secret_access_key": "secret",
            },
        )
    finally:
        server.kill()
        server.wait()


def parts(api: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/health/ready").json()["checks"]
    return found


def test_a_frozen_store_is_given_up(
    broker: Broker, tmp_path: Path, s3: tuple[subprocess.Popen[bytes], dict[str, Any]]
) -> None:
    server, where = s3
    settings = make_settings(broker, tmp_path / "data", **where)
    flush(settings)
    with running(settings) as api:
        assert parts(api)["blobs"]["status"] == "ok"
        server.send_signal(SIGSTOP)
        for _ in range(2):
            found = parts(api)
            assert found["blobs"]["detail"] == f"no answer within {DEADLINE_SECONDS:g} s"
            assert found["database"]["status"] == found["queue"]["status"] == "ok"
        assert api.get("/health/live").status_code == 200
        server.send_signal(SIGCONT)
        until(lambda: parts(api)["blobs"]["status"] == "ok")


@pytest.mark.servers
def test_a_frozen_broker_is_given_up(tmp_path: Path) -> None:
    with Broker(tmp_path / "own") as own, running(make_settings(own, tmp_path / "data")) as api:
        assert own.process is not None
        own.process.send_signal(SIGSTOP)
        found = parts(api)
        assert "no answer" in found["queue"]["detail"]
        assert "no answer" in found["worker"]["detail"]
        assert "tremor_queue_up 0.0" in metrics(api)
        own.process.send_signal(SIGCONT)
        until(lambda: parts(api)["queue"]["status"] == "ok")


def metrics(api: httpx.Client) -> str:
    """What Prometheus gets, in less time than it waits for it."""
    return api.get("/metrics", timeout=10).text


@pytest.mark.servers
def test_a_frozen_database_is_given_up(broker: Broker, postgres: str, tmp_path: Path) -> None:
    """Readiness says so in two seconds, and the metrics tell of the rest."""
    settings = make_settings(broker, tmp_path, database_url=empty_postgres(postgres), db=4)
    flush(settings)
    with running(settings) as api:
        assert "tremor_database_up 1.0" in metrics(api)
        processes = _processes(postgres)
        for each in processes:
            each.suspend()
        try:
            assert "no answer" in parts(api)["database"]["detail"]
            for _ in range(2):
                text = metrics(api)
                assert "tremor_database_up 0.0" in text
                assert "tremor_http_requests_total" in text
                assert "tremor_queue_up 1.0" in text
        finally:
            for each in processes:
                each.resume()
        until(lambda: "tremor_database_up 1.0" in metrics(api))


def _processes(server: str) -> list[psutil.Process]:
    """PostgreSQL, which has a process for each connection: who makes them first."""
    folder = str(make_url(server).query["host"])
    pid = int((Path(folder) / "postmaster.pid").read_text().split("\n")[0])
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def test_a_store_that_may_not_be_written_refuses_uploads_and_says_so(settings: Settings) -> None:
    with running(settings) as api:
        upload(api, "models", b"while it could be written")
        with read_only(settings.data_dir / "blobs"):
            found = parts(api)
            assert "Read-only file system" in found["blobs"]["detail"]
            assert "read-only" in found["disk"]["detail"]
            assert found["database"]["status"] == "ok"
            answer = api.post("/v1/models", files={"file": ("m", b"new")})
            assert (answer.status_code, answer.headers["content-type"]) == (507, "application/problem+json")
            assert answer.json()["type"] == "https://tremor.dev/problems/insufficient-storage"
            assert api.get("/v1/models").json()["items"], "reading goes on"
        assert {parts(api)[name]["status"] for name in ("blobs", "disk")} == {"ok"}
        upload(api, "models", b"new")


def test_room_is_kept(broker: Broker, tmp_path: Path) -> None:
    """With more to keep free than there is, nothing is taken: before the file has come, and nothing is left of it."""
    settings = make_settings(broker, tmp_path, min_free_bytes=2**60)
    with running(settings) as api:
        assert str(2**60) in parts(api)["disk"]["detail"]
        for content in (b"x" * 2_000_000, (b"x" * 100_000 for _ in range(20))):
            kind = {"Content-Type": "multipart/form-data; boundary=B"}
            head = b'--B\r\nContent-Disposition: form-data; name="file"; filename="m"\r\n\r\n'
            body = head + content if isinstance(content, bytes) else (part for part in (head, *content))
            answer = api.post("/v1/models", content=body, headers=kind)
            assert answer.status_code == 507
            assert "TREMOR_MIN_FREE_BYTES" in answer.json()["detail"]
        assert list((tmp_path / "blobs" / "spool").iterdir()) == []
        assert api.get("/v1/models").json()["items"] == []


def test_workers_say_what_they_lack(api: httpx.Client, settings: Settings) -> None:
    queue = QueueClient(settings)
    beat = WorkerInfo(id="w1", device="cpu", sandbox="partial", at=time.time())
    queue.heartbeat(beat.model_copy(update={"sandbox_missing": {"landlock": "the kernel is too old"}}))
    found = api.get("/health/ready")
    assert (found.status_code, found.json()["sandbox_missing"]) == (200, {"landlock": "the kernel is too old"})
    queue.heartbeat(beat.model_copy(update={"trouble": "its disk is full"}))
    assert parts(api)["worker"]["detail"].endswith("w1 cannot work: its disk is full")
    queue.heartbeat(beat.model_copy(update={"id": "w2"}))
    assert parts(api)["worker"]["status"] == "ok", "one can work"
    for name in ("w1", "w2"):
        queue.goodbye(name)
    queue.close()
