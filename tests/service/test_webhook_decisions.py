"""When messages are tried again, when an endpoint is given up, and where connections may lead."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpcore
import pytest

from service.db.webhooks import Delivery, Webhook
from service.outgoing import CheckedNetwork, ForbiddenAddress, is_allowed, networks
from service.webhooks.retrying import PAUSES, Outcome, next_attempt, record

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_hook() -> Webhook:
    return Webhook(id="whk_1", tenant_id="default", url="https://example.org", description="", secret="whsec_")


def a_message() -> Delivery:
    return Delivery(id="msg_1", webhook_id="whk_1", body="{}", status="pending", attempt_count=0, attempts=[])


def failed(at: datetime, **more: Any) -> Outcome:
    return Outcome(at, 0.5, **{"status_code": 500, **more})


def test_a_message_is_tried_for_days_and_each_pause_is_longer() -> None:
    hook, row, at = a_hook(), a_message(), NOW
    times = [at]
    while row.status == "pending":
        record(hook, row, failed(at))
        if row.next_attempt_at is not None:
            at = row.next_attempt_at
            times.append(at)
    pauses = [after - before for before, after in pairwise(times)]
    assert len(pauses) == len(PAUSES)
    assert all(least <= pause <= 1.1 * least for pause, least in zip(pauses, PAUSES, strict=True))
    assert pauses == sorted(pauses)
    assert timedelta(days=3) < times[-1] - NOW < timedelta(days=4)
    assert (row.status, row.next_attempt_at, row.attempt_count) == ("failed", None, len(PAUSES) + 1)
    assert (hook.failing_since, hook.disabled_at) == (NOW, None)


def test_a_message_that_is_sent_again_has_all_its_retries_and_keeps_its_log() -> None:
    hook, row = a_hook(), a_message()
    for _ in range(3):
        record(hook, row, failed(NOW))
    row.attempts = [*row.attempts[:-1], {**row.attempts[-1], "replayed": True}]
    record(hook, row, failed(NOW))
    assert row.next_attempt_at is not None
    assert row.next_attempt_at - NOW <= 1.1 * PAUSES[0]
    assert (row.attempt_count, len(row.attempts)) == (4, 4)


def test_an_endpoint_that_takes_nothing_for_five_days_is_disabled() -> None:
    hook = a_hook()
    for day in range(5):
        record(hook, a_message(), failed(NOW + timedelta(days=day)))
        assert hook.disabled_at is None
    record(hook, a_message(), failed(NOW + timedelta(days=5), status_code=None, error="no answer in time"))
    assert hook.disabled_at == NOW + timedelta(days=5)
    assert "no answer in time" in str(hook.disabled_reason)


def test_a_message_that_is_taken_ends_the_count() -> None:
    hook, row = a_hook(), a_message()
    record(hook, row, failed(NOW))
    record(hook, row, Outcome(NOW + timedelta(days=4), 0.1, 204))
    assert (row.status, row.next_attempt_at, hook.failing_since) == ("delivered", None, None)
    record(hook, a_message(), failed(NOW + timedelta(days=6)))
    assert hook.disabled_at is None


def test_a_receiver_may_ask_for_a_longer_pause_but_not_for_ever() -> None:
    assert next_attempt(1, failed(NOW, retry_after=timedelta(minutes=1)), 0.0) == NOW + timedelta(minutes=1)
    assert next_attempt(2, failed(NOW, retry_after=timedelta(seconds=1)), 0.0) == NOW + PAUSES[1]
    assert next_attempt(1, failed(NOW, retry_after=timedelta(days=9)), 0.0) == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_allowed(address, ())
    assert is_allowed(address, networks(["0.0.0.0/0", "::/0"]))


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_allowed(address, ())


def test_only_the_allowed_networks_are_opened() -> None:
    allowed = networks(["10.1.0.0/16"])
    assert is_allowed("10.1.2.3", allowed)
    assert is_allowed("::ffff:10.1.2.3", allowed)
    assert not is_allowed("10.2.0.1", allowed)


@contextmanager
def listening(address: str, port: int = 0) -> Iterator[socket.socket]:
    with closing(socket.create_server((address, port))) as server:
        yield server


async def test_the_connection_leads_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere when it is asked again (DNS rebinding) is asked once, and its answer is used."""
    with listening("127.0.0.2") as allowed, listening("127.0.0.1", allowed.getsockname()[1]) as forbidden:
        port = allowed.getsockname()[1]
        answers = [["127.0.0.1", "127.0.0.2"], ["127.0.0.1"]]
        loop = asyncio.get_running_loop()

        async def resolve(host: str, port: int, **_: Any) -> list[Any]:
            assert host == "rebinding.example"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

        monkeypatch.setattr(loop, "getaddrinfo", resolve)
        network = CheckedNetwork(networks(["127.0.0.2/32"]))
        stream = await network.connect_tcp("rebinding.example", port, 30.0)
        assert stream.get_extra_info("server_addr")[0] == "127.0.0.2"
        await stream.aclose()
        with pytest.raises(ForbiddenAddress, match="no public address"):
            await network.connect_tcp("rebinding.example", port, 30.0)
        forbidden.setblocking(False)
        with pytest.raises(BlockingIOError):
            forbidden.accept()


async def test_a_name_that_is_not_known_is_said() -> None:
    with pytest.raises(httpcore.ConnectError, match="not known"):
        await CheckedNetwork(()).connect_tcp("no-such-name.invalid", 80, 30.0)
