"""The client against a real API that is busy, restarted, or loses the connection at the worst moments."""

import json
import os
import re
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from openapi.client import Client as Api
from openapi.client.api.audits import list_audits
from openapi.client.api.models import get_model, list_models
from openapi.client.models import PageAuditInfo, PageModelInfo, Problem
from openapi.client.types import Response
from openapi.wire.settings import Settings
from service.app import create_app
from service.cli import jobs, parts, uploads
from service.cli.calls import cancel_job, read_job, read_upload
from service.cli.client import Ask, Client
from service.cli.exits import CommandFailed, Exit, Interrupted, interruptible
from service.cli.patience import retry_after
from service.cli.uploads import upload
from tests.cli.conftest import BusyWorker, Cable, begun
from tests.ports import free_port
from tests.service.conftest import Served, flush
from tests.service.conftest import upload as sent

pytestmark = pytest.mark.slow

FGSM = {"attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "max_samples": 4}


def models(api: Api) -> Response[PageModelInfo | Problem]:
    return list_models.sync_detailed(client=api)


def audits(api: Api) -> Response[PageAuditInfo | Problem]:
    return list_audits.sync_detailed(client=api)


def read_as_models(path: str) -> Ask[PageModelInfo]:
    """What is at an address, read as a list of models."""
    return lambda api: list_models._build_response(client=api, response=api.get_httpx_client().get(path))


class Phases:
    """Remembers which phases were shown."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def show(self, phase: str, done: float, total: float, unit: str = "") -> None:
        if phase not in self.names:
            self.names.append(phase)


def bring(client: Client, path: Path, kind: Any = "models", **metadata: Any) -> tuple[str, list[str]]:
    """Upload a file; its id, and what was shown."""
    shown = Phases()
    return upload(client, kind, path, metadata, shown).id, shown.names  # type: ignore[arg-type]


def ready(client: Client, folder: Path) -> dict[str, Any]:
    """A request for a small audit of what is uploaded first."""
    ids = {}
    for kind, field in (("models", "model_id"), ("datasets", "dataset_id")):
        path = folder / kind
        path.write_bytes(kind.encode())
        ids[field], _ = bring(client, path, kind)
    return {**FGSM, **ids}


def posts(cable: Cable) -> int:
    return sum(request.startswith(b"POST") for request in cable.requests)


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


def test_a_client_that_asks_too_often_waits_as_it_is_told_and_asks_less(settings: Settings) -> None:
    limited = settings.model_copy(update={"rate_limit_per_minute": 60})
    with Served(create_app(limited)) as url, httpx.Client(base_url=url) as impatient:
        model = sent(impatient, "models")
        while impatient.get("/v1/presets").status_code != httpx.codes.TOO_MANY_REQUESTS:
            pass
        cable, answers = Cable(url), list[Any]()
        client = Client(cable.url, patience=30, longest_wait=0.1)
        asked = partial(read_upload, "models", model)
        client.wait(asked, answers.append, lambda _: len(answers) == 3, Exit.USAGE)
        assert [answer["status"] for answer in answers] == ["inspecting"] * 3
        assert len(cable.requests) > 3, "it was turned away"
        assert b"wait=0.1 " in cable.requests[0]
        assert b"wait=0.1 " not in cable.requests[-1]
        client.close()
        cable.close()


def test_a_server_that_never_answers_is_given_up(settings: Settings) -> None:
    with Served(create_app(settings)) as url:
        cable = Cable(url)
        for _ in range(100):
            cable.cut(b"GET", received=1)
        client = Client(cable.url, patience=1.5)
        with pytest.raises(CommandFailed, match=r"cannot be reached .*gave up after [0-9.]+ s") as failed:
            client.call(models)
        assert failed.value.exit_code == Exit.UNREACHABLE
        assert len(cable.requests) > 1, "it tried again"
        client.close()
        cable.close()


def test_what_cannot_get_better_is_not_tried_again() -> None:
    client = Client("http://no.such.host.invalid", patience=3600)
    with pytest.raises(CommandFailed, match="cannot be reached"):
        client.call(models)
    client.close()


def test_a_server_that_wants_a_key_says_how_it_is_given(settings: Settings) -> None:
    with Served(create_app(settings.model_copy(update={"auth": "keys"}))) as url:
        client = Client(url)
        with pytest.raises(CommandFailed, match="give it with --api-key or TREMOR_API_KEY"):
            client.call(models)
        client.close()


def test_a_server_of_another_kind_is_said(url: str) -> None:
    client = Client(url)
    with pytest.raises(CommandFailed, match="not as a Tremor server") as failed:
        client.call(read_as_models("/schema"))
    assert failed.value.exit_code == Exit.UNREACHABLE
    with pytest.raises(CommandFailed, match="not as a Tremor server"):
        client.call(read_as_models("/v1/presets"))
    with pytest.raises(CommandFailed, match="nothing at this address"):
        client.call(read_as_models("/v2/models"))
    client.close()


def test_a_rejected_job_says_why(client: Client, tmp_path: Path) -> None:
    request = {**ready(client, tmp_path), "dataset_id": "dst_nix"}
    with pytest.raises(CommandFailed, match=r"there is no data set 'dst_nix'") as failed:
        jobs.start(client, "audits", request)
    assert failed.value.exit_code == Exit.USAGE


def test_a_job_that_somebody_cancels_is_a_failed_one(settings: Settings, tmp_path: Path) -> None:
    with Served(create_app(settings)) as url:
        client = Client(url)
        with BusyWorker(settings):
            request = ready(client, tmp_path)
        identity = jobs.start(client, "audits", request).value.id
        client.call(cancel_job("audits", identity))
        with pytest.raises(CommandFailed, match=f"{identity} was cancelled") as failed:
            jobs.follow(client, "audits", identity, lambda _: None)
        assert failed.value.exit_code == Exit.JOB_FAILED
        client.close()


def test_warnings_of_inspections_are_collected(settings: Settings, tmp_path: Path) -> None:
    from tests.service.worker import ProtocolWorker

    (tmp_path / "net").write_bytes(b"net")
    worker = ProtocolWorker(settings)
    with Served(create_app(settings)) as url:
        client = Client(url)
        done = threading.Thread(target=lambda: worker.do(worker.take(20), warnings=["the second output is read"]))
        done.start()
        bring(client, tmp_path / "net")
        done.join()
        assert client.warnings == ["net: the second output is read"]
        client.close()
    worker.close()


@pytest.mark.parametrize(("header", "seconds"), [(None, None), ("7", 7.0), ("soon", None), ("-1", None), ("nan", None)])
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_retry_after_may_be_a_date() -> None:
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    later = retry_after("Wed, 21 Oct 2099 07:28:00 GMT")
    assert later is not None
    assert later > 1e9


def test_the_request_is_the_one_that_was_written(client: Client, tmp_path: Path) -> None:
    request = {**ready(client, tmp_path), "seed": 7}
    found = client.call(read_job("audits", jobs.start(client, "audits", request).value.id)).body["request"]
    assert json.loads(json.dumps(found))["seed"] == 7
    assert re.fullmatch("mdl_.*", found["model_id"])
