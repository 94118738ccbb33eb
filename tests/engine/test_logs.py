"""Logs in both formats."""

import contextvars
import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from openapi.wire.logs import about, regarding, set_up_logs
from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.service.worker import until


@pytest.fixture(autouse=True)
def root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format="json", log_level="warning"))
    log = logging.getLogger("tremor.test")
    log.info("not this")
    try:
        int("x")
    except ValueError:
        log.exception("that %s", "went wrong", extra={"shard": "s1"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(lines) == 1
    assert lines[0]["message"] == "that went wrong"
    assert lines[0]["level"] == "error"
    assert lines[0]["shard"] == "s1"
    assert "ValueError" in lines[0]["error"]


def test_text_lines(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings())
    logging.getLogger("tremor.test").info("hello")
    assert capsys.readouterr().err.endswith("INFO    tremor.test: hello\n")


def test_lines_carry_what_they_are_about(capsys: pytest.CaptureFixture[str]) -> None:
    def lines(log_format: Literal["text", "json"]) -> str:
        set_up_logs(Settings(log_format=log_format))
        about(request="req_1", job="aud_1")
        logging.getLogger("tremor.lines").info("hello")
        return capsys.readouterr().err

    assert contextvars.copy_context().run(lines, "text").endswith("tremor.lines: [req_1] [aud_1] hello\n")
    line = json.loads(contextvars.copy_context().run(lines, "json"))
    assert (line["request"], line["job"]) == ("req_1", "aud_1")
    logging.getLogger("tremor.test").info("another task's")
    assert "aud_1" not in capsys.readouterr().err


def test_ids_leave_with_the_end_of_their_work(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format="json"))
    log = logging.getLogger("tremor.test")
    with regarding(job="aud_1", shard="s1"):
        log.info("inside")
    log.info("after")
    inside, after = (json.loads(text) for text in capsys.readouterr().err.splitlines())
    assert (inside["job"], inside["shard"]) == ("aud_1", "s1")
    assert "job" not in after
    assert "shard" not in after


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_is_logged(capsys: pytest.CaptureFixture[str], log_format: Literal["text", "json"]) -> None:
    set_up_logs(Settings(log_format=log_format))
    log = logging.getLogger("tremor.test")
    try:
        raise ValueError("of trm_abcdefghijklmnop and redis://:hunter22@broker:6379/0")
    except ValueError:
        log.exception(
            "key %s, secret %s, at %s, by %s",
            "trm_0123456789abcdefghi",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "postgresql://tremor:hunter22@db/tremor",
            {"Authorization": "Bearer 0123456789"},
            extra={"given": "trm_0123456789abcdefghi"},
        )
    said = capsys.readouterr().err
    for secret in ("0123456789", "abcdefghijklmnop", "MfKQ9r8", "hunter22"):
        assert secret not in said
    for kept in ("key trm_***, secret whsec_***, at postgresql://***@db/tremor", "Bearer ***", "redis://***@broker"):
        assert kept in said


def test_warnings_are_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(Settings(log_format="json"))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("of two\nlines", stacklevel=1)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["logger"] == "py.warnings"


@pytest.mark.slow
def test_every_line_of_a_worker_is_json(broker: Broker, tmp_path: Path) -> None:
    """Celery warns of a worker that root has started, before it says that logs may be set up."""
    log = tmp_path / "log"
    settings = {"TREMOR_REDIS_URL": broker.url, "TREMOR_DATA_DIR": str(tmp_path), "TREMOR_LOG_FORMAT": "json"}
    with log.open("wb") as output:
        program = [sys.executable, "-m", "service.cli.main", "worker", "--name", "one"]
        worker = subprocess.Popen(program, env={**os.environ, **settings}, stdout=output, stderr=output)
        try:
            until(lambda: "Connected to " in log.read_text())
        finally:
            worker.terminate()
            worker.wait(60)
    found = [json.loads(line) for line in log.read_text().splitlines()]
    assert (os.geteuid() != 0) or any("superuser privileges" in line["message"] for line in found)
