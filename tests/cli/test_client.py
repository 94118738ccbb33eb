"""The client against a real API that is restarted, or loses the connection at the worst moments."""

import json
import os
import re
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from openapi.client.api.models import get_model
from openapi.wire.settings import Settings
from service.app import create_app
from service.cli import jobs, parts, uploads
from service.cli.calls import read_job
from service.cli.client import Client
from service.cli.exits import Interrupted, interruptible
from service.cli.main import main
from tests.cli.asking import audits, bring, models, posts, ready
from tests.cli.conftest import BusyWorker, Cable, begun
from tests.ports import free_port
from tests.service.conftest import Served, flush

pytestmark = pytest.mark.slow


def test_the_same_file_is_not_sent_twice(client: Client, cable: Cable, model: Path) -> None:
    first, shown = bring(client, model, input={"mean": [0.5]})
    assert shown == ["upload net.onnx", "inspect net.onnx"]
    again, shown = bring(client, model, input={"mean": [0.5]})
    assert (again, shown) == (first, ["inspect net.onnx"])
    other, shown = bring(client, model, input={"mean": [0.25]})
    assert other != first
    assert "upload net.onnx" in shown
    assert posts(cable) == 2


def test_an_upload_that_breaks_off_is_sent_again(client: Client, cable: Cable, model: Path) -> None:
    cable.cut(b"POST /v1/models", sent=200_000)
    bring(client, model)
    assert posts(cable) == 2


def test_an_upload_whose_answer_is_lost_is_found_and_not_sent_again(client: Client, cable: Cable, model: Path) -> None:
    cable.cut(b"POST /v1/models", received=10)
    identity, _ = bring(client, model)
    assert posts(cable) == 1
    assert client.call(models).value.items[0].id == identity


def test_a_large_file_goes_on_where_a_killed_command_has_stopped(
    client: Client, cable: Cable, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_LARGE", 100_000)
    monkeypatch.setattr(parts, "PART", 200_000)
    size = model.stat().st_size  # of which four parts are made
    step = parts.Parts.step
    steps: list[int] = []

    def twice(self: parts.Parts) -> str | None:
        if len(steps) == 2:
            raise KeyboardInterrupt
        steps.append(1)
        return step(self)

    monkeypatch.setattr(parts.Parts, "step", twice)
    with pytest.raises(KeyboardInterrupt):
        bring(client, model)
    monkeypatch.setattr(parts.Parts, "step", step)
    assert [item.offset for item in client.call(begun).value.items] == [400_000]
    cable.cut(b"PATCH /v1/uploads", sent=50_000)
    identity, shown = bring(client, model)
    assert shown == ["read net.onnx", "upload net.onnx", "inspect net.onnx"]
    sent = [request for request in cable.requests if request.startswith(b"PATCH")]
    assert len(sent) == 5, "two before, one that was cut, two of the rest"
    found = client.call(lambda api: get_model.sync_detailed(identity, client=api)).value
    assert (found.size, found.name) == (size, "net.onnx")
    assert client.call(begun).value.items == []
    assert bring(client, model)[0] == identity
    assert len([request for request in cable.requests if request.startswith(b"PATCH")]) == 5


def test_an_audit_whose_answer_is_lost_is_started_once(client: Client, cable: Cable, tmp_path: Path) -> None:
    request = ready(client, tmp_path)
    cable.cut(b"POST /v1/audits", received=10)
    identity = jobs.start(client, "audits", request).value.id
    assert posts(cable) == 4
    assert [item.id for item in client.call(audits).value.items] == [identity]
    assert jobs.follow(client, "audits", identity, lambda body: None)["status"] == "succeeded"


def test_an_interrupt_before_the_answer_cancels_what_was_started(settings: Settings, tmp_path: Path) -> None:
    """The server has taken the audit, and the client does not know its id yet."""
    with Served(create_app(settings)) as url:
        cable = Cable(url)
        client = Client(cable.url)
        with BusyWorker(settings):
            request = ready(client, tmp_path)

        def press() -> None:
            cable.holding.wait()
            while not httpx.get(f"{url}/v1/audits").json()["items"]:
                pass
            os.kill(os.getpid(), signal.SIGINT)
            cable.holding.clear()
            cable.released.set()

        pressed = threading.Thread(target=press)
        cable.hold(b"POST /v1/audits")
        pressed.start()
        with pytest.raises(Interrupted), interruptible():
            jobs.start(client, "audits", request)
        pressed.join()
        (audit,) = client.call(audits).value.items
        assert audit.status == "cancelled"
        client.close()
        cable.close()


def test_a_download_goes_on_where_the_connection_broke(client: Client, cable: Cable, model: Path) -> None:
    identity, _ = bring(client, model)
    target = model.with_name("copy")
    cable.cut(b"GET /v1/models", received=300_000)
    client.download(f"/v1/models/{identity}/content", target)
    assert target.read_bytes() == model.read_bytes()
    assert sum(b"/content" in request for request in cable.requests) == 2
    assert [path.name for path in model.parent.glob(".*.part")] == []


def test_a_restart_of_the_server_costs_nothing_but_time(settings: Settings, tmp_path: Path) -> None:
    seen: list[str] = []
    port = free_port()
    with Served(create_app(settings), port) as url:
        client = Client(url, patience=240)
        with BusyWorker(settings):
            request = ready(client, tmp_path)
        identity = jobs.start(client, "audits", request).value.id  # nobody works: it waits
        done = threading.Thread(
            target=lambda: seen.append(jobs.follow(client, "audits", identity, lambda _: None)["status"])
        )
        done.start()
        time.sleep(0.3)
    time.sleep(1.0)
    assert done.is_alive()
    flush(settings)
    with Served(create_app(settings), port), BusyWorker(settings):
        done.join(240)
    client.close()
    assert seen == ["succeeded"]


def test_the_request_is_the_one_that_was_written(client: Client, tmp_path: Path) -> None:
    request = {**ready(client, tmp_path), "seed": 7}
    found = client.call(read_job("audits", jobs.start(client, "audits", request).value.id)).body["request"]
    assert json.loads(json.dumps(found))["seed"] == 7
    assert re.fullmatch("mdl_.*", found["model_id"])


def test_a_job_that_is_left_to_the_server_does_not_wait_for_inspections(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_INSPECTION_SECONDS", 0.1)
    files = [tmp_path / "model.onnx", tmp_path / "data.npz"]
    for path in files:
        path.write_text(path.name)
    options = ["--attack", "fgsm:eps=0.1", "--neurons", "null", "--samples", "4", "--detach"]
    with Served(create_app(settings), settings=settings) as url, httpx.Client(base_url=url, timeout=120) as api:
        left = CliRunner().invoke(main, ["audit", *map(str, files), *options, "--server", url])
        assert left.exit_code == 0, left.output
        identity = left.stdout.strip()
        for path in files:
            assert f"inspect {path.name}, waiting: until a worker is free" in left.stderr
            assert f"{path.name} is not inspected yet, as no worker is free for it: the job waits" in left.stderr
        assert api.get(f"/v1/audits/{identity}").json()["status"] == "queued"
        with BusyWorker(settings):
            ended = CliRunner().invoke(main, ["follow", identity, "--server", url, "--out", str(tmp_path / "out")])
        assert ended.exit_code == 1, ended.output  # the report of the tests' worker fails its policy
        assert api.get(f"/v1/audits/{identity}").json()["status"] == "succeeded"
