"""`tremor serve` and the embedded service: starting, refusing to start, dying, and what is left then (nothing)."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import redis
from click.testing import CliRunner

from service.cli.exits import Exit
from service.cli.main import main
from service.embedded import EmbeddedService
from service.embedded.broker import Broker
from workers.sandbox.confine import LAYERS, shortfall

pytestmark = pytest.mark.slow

TREMOR = [sys.executable, "-m", "service.cli.main"]


def family(pid: int) -> list[psutil.Process]:
    return list(psutil.Process(pid).children(recursive=True))


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert alive == []


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    """An API without workers: it starts quickly."""
    with EmbeddedService(tmp_path_factory.mktemp("served"), workers=0) as service:
        yield service


def test_the_api_answers(served: EmbeddedService) -> None:
    assert httpx.get(served.url + "/health/live").status_code == 200
    ready = httpx.get(served.url + "/health/ready", timeout=30)
    assert ready.status_code == 503
    checks = ready.json()["checks"]
    assert {name for name, part in checks.items() if part["status"] == "ok"} == {"database", "queue", "blobs", "disk"}


def test_one_service_per_folder(served: EmbeddedService) -> None:
    with pytest.raises(RuntimeError, match="uses the data folder"):
        EmbeddedService(served.data_dir, workers=0).start()
    assert httpx.get(served.url + "/health/live").status_code == 200


def test_a_busy_port_is_said(served: EmbeddedService, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2]
    said = subprocess.run(
        [*TREMOR, "serve", "--data", str(tmp_path), "--port", port, "--workers", "0"], capture_output=True, text=True
    )
    assert said.returncode == Exit.USAGE
    assert f"Port {port} of 127.0.0.1 is in use" in said.stderr
    assert "--port 0" in said.stderr


def child(pid: int, part: str) -> psutil.Process:
    """The child of `pid` with `part` in its command line."""
    return next(p for p in family(pid) if part in " ".join(p.cmdline()))


def is_back(service: EmbeddedService) -> bool:
    """Whether the API answers, and has its queue and its database."""
    try:
        checks = httpx.get(service.url + "/health/ready", timeout=30).json()["checks"]
    except httpx.HTTPError:
        return False
    return bool(checks["queue"]["status"] == checks["database"]["status"] == "ok")


def test_a_child_that_dies_is_started_again(served: EmbeddedService) -> None:
    assert served.process is not None
    api = child(served.process.pid, "service.cli.main api")
    for part in ("valkey", "service.cli.main api"):
        old = child(served.process.pid, part)
        old.kill()
        assert_gone([old])
        eventually(lambda: is_back(served), f"{part} comes back")
        if part == "valkey":
            assert api.is_running(), "the API lives through the end of its broker"


def test_an_api_that_hangs_is_started_again(tmp_path: Path) -> None:
    """It lives and answers nothing, as when something computes for ever on the event loop."""
    serve = subprocess.Popen(
        [*TREMOR, "serve", "--data", str(tmp_path), "--port", "0", "--workers", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TREMOR_HANG_SECONDS": "3"},
    )
    assert serve.stdout is not None
    assert serve.stderr is not None
    url = serve.stdout.readline().split("answers: ")[1].split()[0]
    old = child(serve.pid, "service.cli.main api")
    eventually(lambda: (tmp_path / "logs" / "api.log").read_text().count("/health/live") > 1, "it is asked")
    old.suspend()
    assert "api has not answered /health/live" in serve.stderr.readline()
    assert httpx.get(url + "/health/live", timeout=60).status_code == 200, "asked while nobody answered"
    assert child(serve.pid, "service.cli.main api").pid != old.pid
    serve.send_signal(signal.SIGINT)
    _, said = serve.communicate(timeout=60)
    assert serve.returncode == 0
    assert "has not answered" not in said, "it is told once"


def test_an_upload_cut_off_by_a_killed_api_leaves_nothing(served: EmbeddedService) -> None:
    assert served.process is not None
    url, spool = httpx.URL(served.url), served.data_dir / "blobs" / "spool"
    connection = http.client.HTTPConnection(str(url.host), url.port)
    connection.putrequest("POST", "/v1/models")
    connection.putheader("Content-Type", "multipart/form-data; boundary=B")
    connection.putheader("Content-Length", "9000000")
    connection.endheaders()
    connection.send(b'--B\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n' + b"x" * 3_000_000)
    eventually(lambda: any(path.stat().st_size > 0 for path in spool.iterdir()), "the upload has begun")
    api = next(p for p in family(served.process.pid) if "service.cli.main api" in " ".join(p.cmdline()))
    api.kill()
    assert_gone([api])
    connection.close()
    eventually(lambda: not list(spool.iterdir()), "the next start removes what was received of it")


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def test_it_ends_with_whoever_wanted_it(tmp_path: Path) -> None:
    """The owner dies by SIGKILL: nobody could clean up, and still nothing is left."""
    code = (
        "import sys, time\nfrom service.embedded import EmbeddedService\n"
        f"service = EmbeddedService({str(tmp_path)!r}, workers=0).start()\n"
        "print(service.process.pid, flush=True)\ntime.sleep(3600)"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    processes = [psutil.Process(pid), *family(pid)]
    assert len(processes) >= 3
    owner.kill()
    owner.wait()
    owner.stdout.close()
    assert_gone(processes)


def test_nothing_outlives_the_supervisor(tmp_path: Path) -> None:
    service = EmbeddedService(tmp_path, workers=1).start()
    assert service.process is not None
    processes = family(service.process.pid)
    assert len(processes) >= 3
    service.kill()
    assert_gone(processes)
    service.stop()
    with EmbeddedService(tmp_path, workers=0) as again:
        assert httpx.get(again.url + "/health/live").status_code == 200


def test_a_required_sandbox_that_is_not_there_is_said(tmp_path: Path) -> None:
    environment = {**os.environ, "TREMOR_SANDBOX": "required", "TREMOR_SANDBOX_LAYERS": '["network", "seccomp"]'}
    start = [*TREMOR, "serve", "--data", str(tmp_path), "--port", "0"]
    said = subprocess.run(start, capture_output=True, text=True, env=environment, check=False)
    assert said.returncode == Exit.SANDBOX_MISSING
    assert "landlock: TREMOR_SANDBOX_LAYERS leaves it out" in said.stderr
    assert "ready" not in said.stdout
    assert list(tmp_path.iterdir()) == [], "nothing was started"


def probed(*layers: str) -> dict[str, Any]:
    """What the probe says when only these layers are wanted."""
    env = {**os.environ, "TREMOR_SANDBOX": "auto", "TREMOR_SANDBOX_LAYERS": json.dumps(layers)}
    asked = subprocess.run([sys.executable, "-m", "workers.sandbox.probe"], capture_output=True, check=True, env=env)
    found: dict[str, Any] = json.loads(asked.stdout)
    return found


def test_the_probe_says_what_there_is() -> None:
    alone = probed("network", "seccomp")
    assert alone["level"] == "partial"
    assert {"landlock", "mounts"} <= alone["missing"].keys()
    assert "landlock: " in str(shortfall(alone["level"], alone["missing"]))
    whole = probed(*LAYERS)
    assert set(whole["layers"]) | whole["missing"].keys() == set(LAYERS)
    assert (shortfall(whole["level"], whole["missing"]) is None) == (whole["level"] == "full")
    assert probed()["level"] == "limits"


def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    serve = subprocess.Popen(
        [*TREMOR, "serve", "--data", str(tmp_path), "--port", "0", "--workers", "1"], stdout=subprocess.PIPE, text=True
    )
    assert serve.stdout is not None
    first = serve.stdout.readline()
    assert "Tremor answers: http://127.0.0.1:" in first
    said = [serve.stdout.readline() for _ in range(3)]
    assert "the worker is still starting" in said[1]
    assert "ready for audits" in said[2]
    url = first.split()[2]
    assert httpx.get(url + "/health/ready", timeout=60).status_code == 200
    processes = family(serve.pid)
    serve.send_signal(signal.SIGINT)
    assert serve.wait(60) == 0
    assert (tmp_path / "lock").read_text() == "", "a planned stop"
    assert "stopped" in serve.stdout.read()
    serve.stdout.close()
    assert_gone(processes)


def test_sockets_find_room_where_all_paths_are_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("long" * 20)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with Broker(long / "broker") as broker, redis.Redis.from_url(broker.url) as client:
        assert client.ping()


@pytest.mark.parametrize("command", ["serve", "audit", "harden", "follow", "api", "worker", "keys", "db", "openapi"])
def test_help(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4
    assert command in CliRunner().invoke(main, ["--help"]).output
