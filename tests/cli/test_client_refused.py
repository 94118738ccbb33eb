"""The client against servers that are busy, refuse, never answer, or are of another kind: what it says."""

import threading
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from openapi.wire.settings import Settings
from service.app import create_app
from service.cli import jobs
from service.cli.calls import cancel_job, read_upload
from service.cli.client import Client
from service.cli.exits import CommandFailed, Exit
from service.cli.patience import retry_after
from tests.cli.asking import bring, models, read_as_models, ready
from tests.cli.conftest import BusyWorker, Cable
from tests.service.conftest import Served
from tests.service.conftest import upload as sent

pytestmark = pytest.mark.slow


def test_a_client_that_asks_too_often_waits_as_it_is_told_and_asks_less(settings: Settings) -> None:
    limited = settings.model_copy(update={"rate_limit_per_minute": 30})
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
        done = threading.Thread(target=lambda: worker.do(worker.take(), warnings=["the second output is read"]))
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
