"""What the log of a running API says: JSON lines with the ids of request, tenant, job and shard, and no secret."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

from service.embedded.broker import Broker
from tests.service.conftest import audit, ended, flush, make_settings, ready
from tests.service.receiver import until
from tests.service.test_tenants import key
from tests.service.worker import PATIENCE, ProtocolWorker


def test_lines_have_ids_and_no_secrets(broker: Broker, tmp_path: Path) -> None:
    settings = make_settings(broker, tmp_path, db=8, auth="keys")
    flush(settings)
    identity, secret = key(settings, "watched", "--scope", "admin")
    environment = {
        **os.environ,
        "TREMOR_REDIS_URL": settings.redis,
        "TREMOR_DATA_DIR": str(tmp_path),
        "TREMOR_AUTH": "keys",
        "TREMOR_LOG_FORMAT": "json",
        "TREMOR_METRICS_KEY": "a key of the metrics",
    }
    log = tmp_path / "log"
    worker = ProtocolWorker(settings)
    with socket.create_server(("127.0.0.1", 0)) as bound, log.open("wb") as file:
        command = [sys.executable, "-m", "service.cli.main", "api", "--fd", str(bound.fileno())]
        process = subprocess.Popen(command, stderr=file, env=environment, pass_fds=(bound.fileno(),))
        try:
            url = f"http://127.0.0.1:{bound.getsockname()[1]}"
            with httpx.Client(base_url=url, timeout=90, headers={"Authorization": f"Bearer {secret}"}) as api:
                hook = api.post("/v1/webhook-endpoints", json={"url": "http://ci.invalid/"}).json()
                model, dataset = ready(api, worker)
                job = audit(api, model, dataset)
                _metrics_by_tenant(url, identity)
                shard = worker.take()
                worker.tell(shard, "started")
                worker.tell(shard, "returned")
                worker.do(worker.take())
                worker.do(worker.take())
                ended(api, f"audits/{job}")
                sent = api.get(f"/v1/audits/{job}", headers={"X-Request-ID": "from-the-proxy"})
                assert sent.headers["x-request-id"] == "from-the-proxy"
                # So long a body makes the connection wait and go on, with what the request was about.
                again = json.dumps(sent.json()["request"]) + 200_000 * " "
                api.post("/v1/audits", content=again, headers={"Content-Type": "application/json"}).raise_for_status()
                api.get("/v1/models", headers={"X-Request-ID": "the-next"}).raise_for_status()
            until(lambda: _find(log, job=job, shard=shard.shard_id))
            (line, *_) = _find(log, job=job, shard=shard.shard_id)
            assert (line["tenant"], "was given back" in line["message"]) == (identity, True)
            access = until(lambda: _find(log, request="from-the-proxy"))
            assert access[0]["tenant"] == identity
            (following,) = until(lambda: _find(log, request="the-next"))
            assert "job" not in following
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0
            worker.close()
    assert secret not in log.read_text()
    assert hook["secret"] not in log.read_text()


def _lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def _find(log: Path, **ids: str) -> list[dict[str, Any]]:
    return [line for line in _lines(log) if ids.items() <= line.items()]


def _metrics_by_tenant(url: str, tenant: str) -> None:
    """Queues by tenant are for whom has the key of the metrics."""
    row = f'tremor_tenant_shards{{status="queued",tenant="{tenant}"}} 1.0'
    asked = [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer a key of the metrics"}]
    answers = [httpx.get(f"{url}/metrics", headers=headers) for headers in asked]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [tenant in answer.text for answer in answers] == [False, False, True]
    assert row in answers[2].text
