"""Clients that hang up, and ids by which a request is found again."""

import logging
import socket
import time

import httpx
import pytest

from tests.service.worker import until


def test_a_client_that_hangs_up_is_no_error_of_ours(api: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    before = api.get("/metrics").text.count('status="500"')
    caplog.set_level(logging.INFO, "tremor.http")
    with socket.create_connection((api.base_url.host, api.base_url.port or 80)) as connection:
        connection.sendall(
            b"POST /v1/audits HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 1000\r\n\r\n{"model_id": '
        )
        time.sleep(0.3)
    until(lambda: "the client went away" in caplog.text)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert api.get("/metrics").text.count('status="500"') == before


def test_every_answer_names_its_request(api: httpx.Client) -> None:
    first, second = (api.get("/v1/audits").headers["x-request-id"] for _ in range(2))
    assert first.startswith("req_")
    assert first != second
    missing = api.get("/v1/audits/aud_none", headers={"X-Request-ID": "from-a-proxy.7"})
    assert missing.headers["x-request-id"] == "from-a-proxy.7"
    assert api.get("/health/live", headers={"X-Request-ID": "a b\x1b[31m"}).headers["x-request-id"].startswith("req_")
