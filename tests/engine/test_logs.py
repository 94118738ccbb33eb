"""Logs in both formats."""

import json
import logging
from collections.abc import Iterator

import pytest

from openapi.wire.logs import set_up_logs
from openapi.wire.settings import Settings


@pytest.fixture(autouse=True)
def root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


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
